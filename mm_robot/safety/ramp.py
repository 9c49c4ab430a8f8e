"""Change a speed no faster than the limits allow."""

from __future__ import annotations

import math


def ramp(
    present: float,
    gain: float,
    wanted: float,
    *,
    acceleration: float,
    braking: float,
    jerk: float,
    seconds: float,
) -> tuple[float, float]:
    """The speed after ``seconds`` on the way from ``present`` to ``wanted``, and the gain it has then.

    Away from zero it changes by at most ``acceleration`` per second, and that gain grows by at most ``jerk``
    per second and fades before the wanted speed is reached. Towards zero it changes by ``braking`` per
    second from the first moment on: nothing but the brakes slows a stop. A change of direction stops at
    zero first. The units are m/s, m/s^2 and m/s^3, or rad/s, rad/s^2 and rad/s^3.
    """
    if present * wanted < 0:
        wanted = 0.0
    if abs(wanted) <= abs(present):
        step = seconds * braking
        return min(max(wanted, present - step), present + step), 0.0
    gap = abs(wanted) - abs(present)
    gain = min(acceleration, gain + seconds * jerk, math.sqrt(2 * jerk * gap))
    step = gain * seconds
    return (wanted if step >= gap else present + math.copysign(step, wanted)), gain
