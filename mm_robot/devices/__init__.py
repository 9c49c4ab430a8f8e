"""Microphones, sound files, cameras and video files, without ROS."""
