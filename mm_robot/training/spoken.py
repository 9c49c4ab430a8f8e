"""Training sentences spoken by synthetic voices, in shards of sound and text."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mm_robot.errors import InputError
from mm_robot.model.processor import Processor
from mm_robot.processes import in_processes
from mm_robot.sim.voices import Voice, synthesise
from mm_robot.speech.automaton import Automaton
from mm_robot.speech.base import RATE
from mm_robot.speech.grammar import command_grammar
from mm_robot.training.recorded_words import strung_sentences
from mm_robot.training.situations import SituationSampler
from mm_robot.types import FloatArray

ACCENTS = ("en-us", "en-us", "en-us", "en-gb", "en-gb", "en-gb-x-rp", "en-029", "en-gb-x-gbcwmd")
VARIANTS = (
    *("", "", "", "m8", "Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Gene2"),
    *("Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "Nguyen", "RicishayMax"),
    *("RicishayMax2", "RicishayMax3", "Tweaky", "adam", "anika", "announcer", "antonio", "aunty", "belinda"),
    *("benjamin", "boris", "caleb", "david", "ed", "edward", "edward2", "grandma", "grandpa", "gustave"),
    *("iven", "iven2", "iven3", "iven4", "john", "kaukovalta", "klatt", "klatt2", "klatt3", "klatt4"),
    *("linda", "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob"),
    *("robert", "sandro", "shelby", "steph", "steph2", "steph3", "travis", "victor", "zac"),
)
"""Accents and voices of espeak-ng that the ear is trained on. Scottish, New York and Lancashire English and
the voices f1 to f5 and m1 to m7 are kept for judging."""
RECORDED = ("flite:kal", "flite:kal16")
RECORDED_SHARE = 0.15
"""Voices made from recordings of a person, and how many sentences they say; others are for judging."""
LONGEST = 7.0
"""s of speech."""
SENTENCES_PER_SHARD = 500
_SPEEDS, _PITCHES = (115, 195), (20, 80)


@dataclass(frozen=True)
class SpokenSentences:
    """N sentences: ``sounds`` [M] int16 at 16 kHz, one after another, each up to its one of ``ends`` [N]."""

    sounds: npt.NDArray[np.int16]
    ends: npt.NDArray[np.int64]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def sound(self, index: int) -> FloatArray:
        """[samples] float32 in [-1, 1]."""
        start = self.ends[index - 1] if index else 0
        return self.sounds[start : self.ends[index]].astype(np.float32) / np.float32(32768)


def as_spoken(text: str) -> str | None:
    """A sentence in lower-case letters and spaces alone; None where it has digits or other signs."""
    plain = text.lower().replace("-", " ").replace("’", "'")
    kept = "".join(c for c in plain if c not in '.,;:!?"')
    words = " ".join(kept.split())
    return words if words and set(words) <= set("abcdefghijklmnopqrstuvwxyz' ") else None


def speak_sentences(folder: Path, sentences: int, seed: int, workers: int) -> Iterator[int]:
    """Write spoken sentences to ``folder``; yields the size of each shard as it is done.

    Shards that are there already are kept.

    Raises:
        InputError: espeak-ng is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tasks = []
    for index in range(-(-sentences // SENTENCES_PER_SHARD)):
        size = min(SENTENCES_PER_SHARD, sentences - index * SENTENCES_PER_SHARD)
        path = folder / f"spoken-{index:05d}.npz"
        if path.exists():
            yield size
        else:
            tasks.append((path, size, seed + index))
    yield from in_processes(_make_shard, tasks, workers)


def string_words(folder: Path, recordings: Path, sentences: int, seed: int) -> Iterator[int]:
    """Write sentences that are strung together from people's ``recordings`` of words to ``folder``, as
    ``strung_sentences`` makes them; yields the size of each shard as it is done.

    Raises:
        InputError: there are no recordings, or one is no sound.
    """
    made = strung_sentences(recordings, sentences, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for index, first in enumerate(range(0, sentences, SENTENCES_PER_SHARD)):
        shard = made[first : first + SENTENCES_PER_SHARD]
        sounds = [_int16(sound) for _, sound in shard]
        _write(folder / f"spoken-recorded-{index:05d}.npz", sounds, [text for text, _ in shard])
        yield len(shard)


def read_spoken(folder: Path) -> SpokenSentences:
    """All shards of a folder.

    Raises:
        InputError: there is none, or one is broken; the message names it.
    """
    paths = sorted(folder.glob("spoken-*.npz"))
    if not paths:
        raise InputError(f"{folder} holds no spoken sentences; make them with: mm_robot generate --sentences")
    sounds, lengths, texts = [], [], []
    for path in paths:
        try:
            with np.load(path, allow_pickle=False) as shard:
                sounds.append(shard["sounds"])
                lengths.append(np.diff(shard["ends"], prepend=0))
                texts += [str(text) for text in shard["texts"]]
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{path} cannot be read ({error}); delete it and make it again") from error
    return SpokenSentences(np.concatenate(sounds), np.cumsum(np.concatenate(lengths)), tuple(texts))


def _make_shard(task: tuple[Path, int, int]) -> int:
    path, size, seed = task
    generator = np.random.default_rng([seed, 12])
    sampler = SituationSampler(Processor(), [seed, 13])
    commands, draw = Automaton.from_jsgf(command_grammar()), random.Random(seed)
    sounds: list[npt.NDArray[np.int16]] = []
    texts: list[str] = []
    for number in itertools.count():
        if len(texts) == size:
            break
        if number % 3 == 0:
            text = as_spoken(commands.draw(draw))
        else:
            text = as_spoken((sampler.situation().instruction if number % 3 == 1 else sampler.text()).text)
        if text is None or len(text) > 100:
            continue
        voice = draw_voice(generator)
        sound = synthesise(text, voice.name, voice.speed, voice.pitch, RATE)
        if len(sound) <= LONGEST * RATE:
            sounds.append(_int16(sound))
            texts.append(text)
    _write(path, sounds, texts)
    return size


def _int16(sound: FloatArray) -> npt.NDArray[np.int16]:
    return (sound * 32767).astype(np.int16)


def _write(path: Path, sounds: list[npt.NDArray[np.int16]], texts: list[str]) -> None:
    temporary = path.with_suffix(".partial")
    with temporary.open("wb") as stream:
        np.savez(
            stream,
            sounds=np.concatenate(sounds),
            ends=np.cumsum([len(s) for s in sounds]),
            texts=np.array(texts),
        )
    temporary.replace(path)


def draw_voice(generator: np.random.Generator) -> Voice:
    """One of the voices to train with."""
    variant = str(generator.choice(VARIANTS))
    accent = str(generator.choice(ACCENTS))
    name = f"{accent}+{variant}" if variant else accent
    if generator.random() < RECORDED_SHARE:
        name = str(generator.choice(RECORDED))
    return Voice(name, int(generator.integers(*_SPEEDS)), int(generator.integers(*_PITCHES)))
