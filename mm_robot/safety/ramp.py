"""Change a speed no faster than the limits allow."""

from __future__ import annotations


def ramp(present: float, wanted: float, acceleration: float, braking: float, seconds: float) -> float:
    """The speed after ``seconds`` on the way from ``present`` to ``wanted``.

    Away from zero it changes by at most ``acceleration`` per second, towards zero by at most ``braking``;
    a change of direction stops at zero first.
    """
    if present * wanted < 0:
        wanted = 0.0
    step = seconds * (acceleration if abs(wanted) > abs(present) else braking)
    return min(max(wanted, present - step), present + step)
