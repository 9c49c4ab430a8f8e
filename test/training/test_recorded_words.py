"""Sentences that are strung together from recordings of single words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mm_robot.cli import main
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.training.recorded_words import MOST_WORDS, strung_sentences
from mm_robot.training.spoken import read_spoken

HERTZ = {"go": 300.0, "left": 700.0, "stop": 1500.0, "forward": 2500.0}


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Each of two speakers hums each word in the middle of a second, the second one louder."""
    folder = tmp_path / "words"
    times = np.arange(RATE) / RATE
    for word, hertz in HERTZ.items():
        for speaker, level in (("ann", 0.1), ("bob", 0.4)):
            sound = level * np.sin(2 * np.pi * hertz * times) * (np.abs(times - 0.5) < 0.15)
            place = (
                folder / "_unknown_" / f"{word}_{speaker}" if word == "forward" else folder / word / speaker
            )
            place.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(f"{place}_nohash_0.flac", sound, RATE)
    (folder / "_silence_").mkdir()
    soundfile.write(folder / "_silence_" / "x_nohash_0.flac", np.zeros(RATE), RATE)
    return folder


def test_a_sentence_says_its_words_one_after_another(recordings: Path) -> None:
    made = strung_sentences(recordings, 40, 0)
    assert {len(text.split()) for text, _ in made} == set(range(1, MOST_WORDS + 1))
    assert {word for text, _ in made for word in text.split()} == set(HERTZ)
    for text, sound in made:
        words = text.split()
        assert len(set(words)) == len(words)
        assert 0.3 * len(words) < len(sound) / RATE < 0.8 * len(words)
        assert np.abs(sound).max() == pytest.approx(0.5, abs=0.01)
        spectrum = np.abs(np.fft.rfft(sound[: round(0.3 * RATE)]))
        loudest = np.fft.rfftfreq(round(0.3 * RATE), 1 / RATE)[spectrum.argmax()]
        assert loudest == pytest.approx(HERTZ[words[0]], rel=0.02)


def test_they_are_written_beside_those_of_synthetic_voices(recordings: Path, tmp_path: Path) -> None:
    arguments = ("--sentences", "7", "--recordings", str(recordings), "--out", str(tmp_path / "speech"))
    assert main(("generate", *arguments)) == 0
    spoken = read_spoken(tmp_path / "speech")
    assert len(spoken) == 7
    assert all(set(text.split()) <= set(HERTZ) for text in spoken.texts)
    assert all(np.abs(spoken.sound(row)).max() > 0.4 for row in range(7))


def test_wrong_folders_and_arguments_are_named(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="holds no recordings"):
        strung_sentences(tmp_path / "nowhere", 3, 0)
    (recordings / "go" / "bob_nohash_1.flac").write_bytes(b"no sound")
    with pytest.raises(InputError, match="bob_nohash_1"):
        strung_sentences(recordings, 3, 0)
    assert main(("generate", "--out", str(tmp_path), "--recordings", str(recordings))) == 2
    assert "--recordings goes with --sentences" in capsys.readouterr().err
