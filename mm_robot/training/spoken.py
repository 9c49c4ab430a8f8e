"""Training sentences spoken by synthetic voices, in shards of sound and text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mm_robot.errors import InputError
from mm_robot.model.processor import Processor
from mm_robot.processes import in_processes
from mm_robot.sim.voices import Voice, synthesise
from mm_robot.speech.base import RATE
from mm_robot.training.situations import SituationSampler
from mm_robot.types import FloatArray

ACCENTS = ("en-us", "en-us", "en-us", "en-gb", "en-gb", "en-gb-x-rp", "en-029", "en-gb-x-gbcwmd")
VARIANTS = (
    *("", "", "m1", "m2", "m3", "m4", "m6", "m8", "f1", "f3", "Alex", "Alicia", "Andrea", "Andy", "Annie"),
    *("belinda", "david", "ed", "edward", "john", "Lee", "linda", "max", "Michael", "Mike", "paul", "robert"),
    *(
        "rob",
        "shelby",
        "steph",
        "steph2",
        "travis",
        "victor",
        "zac",
        "grandma",
        "grandpa",
        "klatt2",
        "norbert",
    ),
)
"""Accents and voices of espeak-ng that the ear is trained on. Scottish, New York and Lancashire English and
the voices f2, f4, f5, m5 and m7 are kept for judging."""
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
    sounds: list[npt.NDArray[np.int16]] = []
    texts: list[str] = []
    for number in itertools.count():
        if len(texts) == size:
            break
        drawn = sampler.situation().instruction if number % 2 else sampler.text()
        text = as_spoken(drawn.text)
        if text is None or len(text) > 100:
            continue
        voice = _voice(generator)
        sound = synthesise(text, voice.name, voice.speed, voice.pitch, RATE)
        if len(sound) <= LONGEST * RATE:
            sounds.append((sound * 32767).astype(np.int16))
            texts.append(text)
    temporary = path.with_suffix(".partial")
    with temporary.open("wb") as stream:
        np.savez(
            stream,
            sounds=np.concatenate(sounds),
            ends=np.cumsum([len(s) for s in sounds]),
            texts=np.array(texts),
        )
    temporary.replace(path)
    return size


def _voice(generator: np.random.Generator) -> Voice:
    variant = str(generator.choice(VARIANTS))
    accent = str(generator.choice(ACCENTS))
    name = f"{accent}+{variant}" if variant else accent
    return Voice(name, int(generator.integers(*_SPEEDS)), int(generator.integers(*_PITCHES)))
