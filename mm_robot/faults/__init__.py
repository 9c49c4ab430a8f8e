"""Breaks a running robot on purpose, and measures how soon it stands."""
