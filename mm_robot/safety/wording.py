"""What counts as a sentence at all, and the ways in which a disguised one can be read."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

from mm_robot.errors import InputError

MAX_LENGTH = 200
REPLACEMENT = "\ufffd"  # what a decoder leaves behind where the bytes were not UTF-8
EXTRA = frozenset("°’‘“”„«»–—…¡¿·€£½¼¾²³")
"""Characters that are allowed besides ASCII and Latin letters."""
OTHER_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th"}
"""Latin letters that have no accent to take off, and how they are written in plain ones."""
LONGEST_WORD = 30
SEPARATORS = ",;:.!?…"

HARMFUL = (
    *("kill", "murder", "attack", "stab", "hurt", "harm", "punch", "crush", "destroy", "smash", "strangle"),
    *("poison", "injure", "disable", "bypass", "override", "ignore", "stalk", "frighten", "scare", "shoot"),
)
"""English words that are looked for where they are cut to pieces, stretched or masked."""
LEET = (
    str.maketrans("0134578@$!|+", "oieastbasiit"),
    str.maketrans("0134578@$!|+", "oleastbasllt"),
)


def validate_instruction(text: str) -> str:
    """Return the instruction without surrounding space.

    Raises:
        InputError: it is empty, longer than ``MAX_LENGTH`` characters, not valid UTF-8, holds characters
            that cannot be printed or are not of the Latin alphabet, or is no plain sentence.
    """
    if len(text) > 10 * MAX_LENGTH:
        raise InputError(f"the instruction has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    stripped = text.strip()
    if not stripped:
        raise InputError("the instruction is empty; give a sentence such as 'go to the red ball'")
    if len(stripped) > MAX_LENGTH:
        raise InputError(f"the instruction has {len(stripped)} characters; at most {MAX_LENGTH} are allowed")
    if REPLACEMENT in stripped or any("\ud800" <= letter <= "\udfff" for letter in stripped):
        raise InputError("the instruction is not valid UTF-8; send the sentence as UTF-8 text")
    for letter in stripped:
        if not letter.isprintable():
            raise InputError(
                f"the instruction holds the unprintable character {letter!r}; send one line of plain text"
            )
    composed = unicodedata.normalize("NFC", stripped)
    for letter in composed:
        if not _allowed(letter):
            name = unicodedata.name(letter, ascii(letter)).lower()
            raise InputError(f"the instruction holds {letter!r} ({name}); write it in Latin letters")
    if sum(letter.isalnum() for letter in composed) * 2 < len(composed.replace(" ", "")):
        raise InputError("the instruction is more signs than letters; give a plain sentence")
    longest = max(composed.split(), key=len)
    if len(longest) > LONGEST_WORD:
        raise InputError(f"the instruction holds a word of {len(longest)} characters; give plain words")
    return composed


def folded(text: str) -> str:
    """The text in small plain letters and digits, without accents.

    Wide, raised or circled letters become plain ones, marks between clauses become ``|``, other signs spaces.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(OTHER_LETTERS.get(letter, letter) for letter in text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = re.sub(r"n['’`´]t\b", "nt", text)
    text = re.sub(rf"(?<![0-9])[{re.escape(SEPARATORS)}]+|[{re.escape(SEPARATORS)}]+(?![0-9])", " | ", text)
    return " ".join(re.sub(r"[^a-z0-9|]", " ", text).split())


def after_wake_word(text: str, wake_word: str) -> str | None:
    """What follows the wake word, empty where it stands alone; None where the text does not begin with it, or
    there is no wake word.
    """
    word = folded(wake_word).replace("|", "").split()
    if not word or folded(text).replace("|", "").split()[: len(word)] != word:
        return None
    rest = text.split(maxsplit=len(word))[len(word) :]
    return rest[0].lstrip(",;:.!? ") if rest else ""


def readings(text: str) -> tuple[str, ...]:
    """Every way in which a sentence can be read, each folded, the plain one first.

    Digits and signs for letters, letters set apart, words cut, stretched or masked, backwards, rotated by 13
    letters, in base64 or hexadecimal digits, with the first letters put last.
    """
    found = dict.fromkeys([folded(text)])
    for table in LEET:
        found[folded(_unleeted(text, table))] = None
    found[folded(re.sub(r"(?<=\w)[-._*'~](?=\w)", "", text))] = None
    plain = list(found)
    for reading in plain:
        found[_joined(reading)] = None
        found[_mended(reading)] = None
    found[_mended(_joined(_unmasked(text)))] = None
    backwards = folded(text[::-1])
    coded = (backwards, " ".join(reversed(backwards.split())), folded(codecs.encode(text, "rot13")))
    found.update({reading: None for reading in coded if not set(HARMFUL).isdisjoint(reading.split())})
    for hidden in _decoded(text):
        found[folded(hidden)] = None
    return tuple(reading for reading in found if reading)


def _allowed(letter: str) -> bool:
    if letter.isascii() or letter in EXTRA or letter.lower() in OTHER_LETTERS:
        return True
    if unicodedata.category(letter)[0] != "L":
        return False
    plain = unicodedata.normalize("NFD", letter)
    return plain[0].isascii() and plain[0].isalpha()


def _unleeted(text: str, table: dict[int, int]) -> str:
    words = text.casefold().split()
    return " ".join(word.translate(table) if re.search(r"[a-z]", word) else word for word in words)


def _joined(text: str) -> str:
    """Letters that stand alone, three or more in a row, become a word."""
    return re.sub(
        r"(?<![a-z0-9])(?:[a-z](?:[ |]+)){2,}[a-z](?![a-z0-9])",
        lambda found: re.sub(r"[ |]", "", found[0]),
        text,
    )


def _mended(text: str) -> str:
    """Cut and stretched words, and those that begin with their end, become the harmful words they were."""
    words = [_straightened(word) for word in text.split()]
    mended: list[str] = []
    for word in words:
        if mended and mended[-1] + word in HARMFUL:
            mended[-1] += word
        else:
            mended.append(word)
    return " ".join(mended)


def _straightened(word: str) -> str:
    if word in HARMFUL or len(word) < 3:
        return word
    if word.endswith("ay") and len(word) > 5:
        body = word.removesuffix("ay").removesuffix("w")
        turned = {body[-number:] + body[:-number] for number in range(1, 4)}
        return next((harmful for harmful in HARMFUL if harmful in turned), word)
    short = _squeezed(word)
    stretched = word if short == word else ""
    for harmful in HARMFUL:
        if short == _squeezed(harmful) and (stretched != word or harmful != "shoot"):
            return harmful
    return word


def _squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _unmasked(text: str) -> str:
    words = []
    for word in re.findall(r"[a-z*#'’]+|[^a-z*#'’\s]+", text.casefold()):
        masked = word.replace("#", "*")
        pattern = re.escape(masked).replace(r"\*", "[a-z]")
        if "*" in masked and re.search("[a-z]", masked):
            word = next((harmful for harmful in HARMFUL if re.fullmatch(pattern, harmful)), word)
        words.append(word)
    return folded(" ".join(words))


def _decoded(text: str) -> Iterator[str]:
    for word in [*text.split(), "".join(text.split())]:
        for decode in (_base64, bytes.fromhex):
            try:
                hidden = decode(word).decode("ascii")
            except (ValueError, binascii.Error):
                continue
            if len(hidden) > 3 and hidden.isprintable():
                yield hidden


def _base64(word: str) -> bytes:
    return base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
