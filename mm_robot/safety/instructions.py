"""Which instructions are refused by rule, in five languages and in disguise.

A rule looks at the words alone. What it lets pass still needs the policy's verdict, and whatever is carried
out stays within the limits of the gate.
"""

from __future__ import annotations

from mm_robot.safety.rules import english, french, german, italian, spanish
from mm_robot.safety.rules.rule import Offence
from mm_robot.safety.wording import readings

RULES = (*english.RULES, *german.RULES, *french.RULES, *spanish.RULES, *italian.RULES)


def offence(text: str) -> Offence | None:
    """What is wrong with asking for this, None where no rule forbids it.

    ``text`` has passed ``validate_instruction``.
    """
    for reading in readings(text):
        for rule in RULES:
            if rule.broken_by(reading):
                return rule.offence
    return None
