"""The demonstration: a spoken sentence, a room, and the robot that carries it out."""
