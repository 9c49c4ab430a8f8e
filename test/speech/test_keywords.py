"""The keyword model, its spectrogram, and the files that it is kept in."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from mm_robot.data.words import one_second
from mm_robot.errors import CheckpointError
from mm_robot.sim.voices import synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.keyword_model import SILENCE, WORDS, KeywordModel
from mm_robot.speech.keywords import CONFIG, STEP, WEIGHTS, Keywords, keyword_folder, save_keywords
from mm_robot.speech.spectrogram import BANDS, LogMelSpectrogram, mel_filters
from mm_robot.speech.speech_embedding import FFT, HOP

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)
MOST_PARAMETERS = 500_000


@pytest.fixture(scope="module")
def keywords() -> Keywords:
    return Keywords(keyword_folder("embedded"))


def test_a_tone_shows_in_its_band_and_loudness_does_not_matter() -> None:
    times = torch.arange(RATE) / RATE
    tone = torch.sin(2 * torch.pi * 1000 * times)[None]
    spectrogram = LogMelSpectrogram()
    seen = spectrogram(0.5 * tone)
    assert seen.shape == (1, BANDS, 101)
    frequencies = torch.linspace(0, RATE / 2, mel_filters().shape[1])
    expected = int(mel_filters()[:, int(torch.argmin((frequencies - 1000).abs()))].argmax())
    assert int(seen[0].mean(dim=1).argmax()) == expected
    noise = torch.randn(1, RATE, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(spectrogram(0.05 * noise), spectrogram(0.5 * noise), atol=0.02, rtol=0.0)


def test_the_model_is_small() -> None:
    assert sum(parameter.numel() for parameter in KeywordModel().parameters()) <= MOST_PARAMETERS


@needs_voice
def test_words_are_told_apart_and_silence_is_none(keywords: Keywords) -> None:
    said = ("stop", "go", "left", "right", "yes")
    sounds = [one_second(0.5 * synthesise(word)) for word in said]
    sounds.append(np.random.default_rng(0).normal(0, 1e-3, RATE).astype(np.float32))
    found = [WORDS[row] for row in keywords.probabilities(np.stack(sounds)).argmax(axis=1)]
    assert found == [*said, SILENCE]


def test_probabilities_are_of_every_word_and_add_up(keywords: Keywords) -> None:
    probabilities = keywords.probabilities(np.zeros((3, RATE), np.float32))
    assert probabilities.shape == (3, len(WORDS))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)


def test_a_stream_is_told_as_its_last_second_is(keywords: Keywords) -> None:
    sound = np.random.default_rng(3).normal(0, 0.05, 20 * STEP + FFT - HOP).astype(np.float32)
    sound[: FFT - HOP] = 0.0  # before the stream there was silence
    stream = keywords.stream()
    for piece in sound[FFT - HOP :].reshape(-1, STEP):
        last = stream.probabilities(piece)
    np.testing.assert_allclose(last, keywords.probabilities(sound[None])[0], atol=1e-4)


def test_a_model_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = KeywordModel().eval()
    save_keywords(model, tmp_path)
    sounds = np.random.default_rng(2).normal(0, 0.1, (2, RATE)).astype(np.float32)
    with torch.inference_mode():
        expected = model(torch.from_numpy(sounds)).softmax(dim=1).numpy()
    np.testing.assert_allclose(Keywords(tmp_path).probabilities(sounds), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / WEIGHTS).unlink(), "holds no keyword model"),
        (lambda folder: (folder / WEIGHTS).write_bytes(b"nothing"), "holds no keyword model"),
        (lambda folder: (folder / CONFIG).write_text("{}"), "is not of format"),
        (lambda folder: (folder / CONFIG).write_text('{"format": 2, "words": ["a"]}'), "other words"),
    ],
)
def test_a_broken_model_is_named(spoil, message: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save_keywords(KeywordModel(), tmp_path)
    spoil(tmp_path)
    with pytest.raises(CheckpointError, match=message):
        Keywords(tmp_path)
