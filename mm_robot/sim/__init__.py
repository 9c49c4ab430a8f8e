"""The simulated world. MuJoCo chooses how to draw when it is imported: without a display, through EGL."""

import os

if "MUJOCO_GL" not in os.environ and not os.environ.get("DISPLAY"):
    os.environ["MUJOCO_GL"] = "egl"
