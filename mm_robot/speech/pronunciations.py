"""More ways to say the command words, added to the American dictionary (ARPAbet)."""

from __future__ import annotations

from collections.abc import Mapping

VARIANTS: Mapping[str, str] = {
    "backward": "B AE K W AH D",
    "backwards": "B AE K W AH D Z",
    "barrel": "B AE R L",
    "box": "B AO K S",
    "centimeters": "S EH N T AH M IY T AH Z",
    "cylinder": "S IH L IH N D AH",
    "for": "F AO",
    "forty": "F AO T IY",
    "forward": "F AO W AH D",
    "forwards": "F AO W AH D Z",
    "four": "F AO",
    "half": "HH AA F",
    "hundred": "HH AH N D R AH D",
    "meter": "M IY T AH",
    "meters": "M IY T AH Z",
    "ninety": "N AY N D IY",
    "orange": "AA R IH N JH",
    "over": "OW V AH",
    "quarter": "K W AO T AH",
    "sphere": "S F IY AH",
    "stop": "S T AO P",
    "towards": "T AH W AO D Z",
}
"""Word -> phones: British vowels, no r before consonants and at the end; an American flapped t."""
