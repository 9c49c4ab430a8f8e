"""The command language as a JSGF grammar, made from lists of words and templates.

The weights say how often people are expected to say something; they steer the recogniser among
sentences that sound alike. Numbers stay words: "ninety degrees".
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mm_robot.errors import InputError

Weights = Mapping[str, float]

COLOURS: Weights = {
    **dict.fromkeys(("red", "green", "blue", "yellow", "orange", "purple", "black", "white"), 10.0),
    **dict.fromkeys(("crimson", "scarlet", "violet", "golden", "pink", "brown", "gray"), 0.3),
}

SHAPES: Weights = {
    **dict.fromkeys(("ball", "box", "cylinder", "cone"), 10.0),
    **dict.fromkeys(("sphere", "cube", "crate", "block", "drum", "barrel", "can"), 2.0),
    **dict.fromkeys(("pillar", "traffic cone", "object"), 0.3),
}

GO_TO: Weights = {
    **dict.fromkeys(("go to", "drive to", "find", "head for"), 10.0),
    **dict.fromkeys(
        ("move to", "go over to", "drive over to", "drive up to", "go and find", "look for"), 1.0
    ),
    **dict.fromkeys(
        ("head to", "head over to", "drive towards", "go towards", "approach", "search for"), 0.5
    ),
    **dict.fromkeys(("go up to", "come to", "navigate to"), 0.3),
}

FOLLOW: Weights = {"follow": 10.0, **dict.fromkeys(("keep following", "go after", "stay behind"), 0.5)}

EXTREMES: Weights = dict.fromkeys(("nearest", "closest", "farthest", "biggest", "largest", "smallest"), 1.0)

RELATIONS: Weights = {
    **dict.fromkeys(("left of", "right of", "near", "next to"), 2.0),
    **dict.fromkeys(("to the left of", "to the right of", "beside", "close to"), 1.0),
}

PACES: Weights = dict.fromkeys(("slowly", "quickly", "carefully", "as fast as you can"), 1.0)

THEN: Weights = {"then": 4.0, "and then": 3.0, "and": 1.0, "after that": 0.5}

BEYOND: Weights = dict.fromkeys(("pick up", "bring me", "grab", "push", "knock over"), 1.0)
"""Requests that a robot without an arm cannot do: heard as such, they are not mistaken for others."""

ARTICLES: Weights = {"the": 20.0, "a": 1.0}

DIRECTIONS: Weights = {
    **dict.fromkeys(("forward", "backward", "back"), 10.0),
    **dict.fromkeys(("forwards", "backwards", "ahead", "straight ahead", "straight on"), 1.0),
}

STOPS: Weights = {
    "stop": 20.0,
    **dict.fromkeys(("halt", "freeze"), 10.0),
    **dict.fromkeys(("stop now", "stop moving", "stop there", "stop right there", "stand still"), 1.0),
    **dict.fromkeys(("stop stop", "stop stop stop", "stop the robot", "do not move"), 0.3),
}

QUESTIONS: Weights = {
    "what do you see": 10.0,
    **dict.fromkeys(("what can you see", "what is in front of you", "tell me what you see"), 1.0),
    **dict.fromkeys(("describe what you see", "describe the scene", "what do you see now"), 0.5),
}

SOUNDS: Weights = {
    **dict.fromkeys(("a baby", "a dog", "a clock", "a fire", "a rooster", "a helicopter"), 1.0),
    **dict.fromkeys(("a baby cry", "a dog bark", "rain", "waves", "a sneeze"), 1.0),
}
"""Of the packaged classifier of sound events."""

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

RULES = """
public <command> = ( /20/ <NULL> | /1/ <opening> )
 ( /19/ <task> ( /60/ <NULL> | /1/ until you hear <sound> ) | /3/ <stop> | /1/ <question> )
 ( /20/ <NULL> | /1/ please );
<opening> = /2/ please | /1/ robot | /1/ could you | /1/ can you;
<task> = <step> ( /40/ <NULL> | /2/ <then> <step> ( /8/ <NULL> | /1/ <then> <step> ) );
<step> = ( /10/ <go_to> | /0.5/ <follow> | /4/ <turn> | /4/ <move> ) ( /40/ <NULL> | /1/ <pace> );
<go_to> = ( /30/ <go> | /1/ <beyond> ) <which>;
<which> = /40/ <article> <thing> | /1/ the <extreme> <shape> | /1/ the <thing> <relation> the <thing>;
<follow> = <following> the <thing>;
<thing> = ( /30/ <colour> | /1/ <NULL> ) <shape>;
<turn> = ( /20/ turn | /1/ rotate | /1/ spin )
 ( /5/ <side> | /5/ <side> [by] <angle> | /3/ around | /1/ round
 | /4/ [by] <angle> ( /3/ <NULL> | /1/ <side> ) );
<side> = /10/ left | /10/ right | /1/ to the left | /1/ to the right;
<angle> = ( /10/ <quarter> | /10/ <ten> | /6/ <hundreds> | /2/ <number> ) degrees;
<quarter> = /4/ ninety | /2/ forty five | /1/ thirty | /1/ sixty;
<hundreds> = ( /3/ a | /3/ one | /1/ two | /1/ three ) hundred
 ( /2/ <NULL> | /2/ and <ten> | /1/ <ten> | /0.2/ and <number> );
<number> = /1/ <teen> | /5/ <ten> <one> | /2/ <one>;
<move> = <drive> <direction> ( /2/ <NULL> | /3/ [by] <distance> )
 | /0.3/ <drive> <distance> <direction> | /0.1/ ( back up | reverse ) [<distance>];
<drive> = move | go | drive;
<distance> = /4/ ( one | a ) meter | /6/ ( <one> | ten ) meters | /3/ half a meter
 | /1/ <one> and a half meters | /1/ <one> point <one> meters
 | /4/ ( /5/ <ten> | /1/ a hundred | /1/ one hundred ) centimeters
 | /0.3/ a quarter of a meter | /0.3/ a little | /0.3/ a bit;
"""


def command_grammar() -> str:
    """Write the grammar of all commands in JSGF, with ``<command>`` as its one public rule."""
    lists = {
        "go": GO_TO,
        "beyond": BEYOND,
        "article": ARTICLES,
        "colour": COLOURS,
        "shape": SHAPES,
        "following": FOLLOW,
        "extreme": EXTREMES,
        "relation": RELATIONS,
        "pace": PACES,
        "then": THEN,
        "direction": DIRECTIONS,
        "stop": STOPS,
        "question": QUESTIONS,
        "sound": SOUNDS,
        "one": dict.fromkeys(ONES, 1.0),
        "teen": dict.fromkeys(TEENS, 1.0),
        "ten": dict.fromkeys(("ten", *TENS), 1.0),
    }
    rules = [f"<{name}> = {_choice(words)};" for name, words in lists.items()]
    return "\n".join(["#JSGF V1.0;", "grammar commands;", RULES.strip(), *rules, ""])


def read_grammar(path: Path) -> str:
    """Read a JSGF file.

    Raises:
        InputError: it cannot be read or is no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"grammar {path} cannot be read ({error}); give a JSGF file, or nothing for the own one"
        ) from None


def _choice(words: Weights) -> str:
    return " | ".join(f"/{weight:g}/ {word}" for word, weight in words.items())
