"""mm_robot: a robot that hears a sentence, looks through its camera, and moves."""

__version__ = "0.1.0"
