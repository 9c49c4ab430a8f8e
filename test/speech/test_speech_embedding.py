"""The speech embedding: its spectrogram, streams, and what its weights know."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from mm_robot.data.words import one_second
from mm_robot.sim.voices import Voice, synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.speech_embedding import (
    BANDS,
    FFT,
    FIRST_FRAMES,
    FRAMES_PER_EMBEDDING,
    HOP,
    WIDTH,
    Past,
    SpeechEmbedding,
    SpeechSpectrogram,
    start_file,
)

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)


@pytest.fixture(scope="module")
def embedding() -> SpeechEmbedding:
    network = SpeechEmbedding()
    network.load_state_dict(load_file(start_file()))
    return network.eval()


def test_a_higher_tone_shows_in_a_higher_band_and_silence_is_finite() -> None:
    times = torch.arange(RATE) / RATE
    tones = torch.stack([torch.sin(2 * torch.pi * hertz * times) for hertz in (200, 500, 1000, 2000, 3500)])
    seen = SpeechSpectrogram()(torch.cat([0.5 * tones, torch.zeros(1, RATE)]))
    assert seen.shape == (6, BANDS, 1 + (RATE - FFT) // HOP)
    loudest = seen[:5].mean(dim=2).argmax(dim=1).tolist()
    assert loudest == sorted(set(loudest))
    assert bool(torch.isfinite(seen).all())
    assert float(seen[5].max()) < float(seen[:5].amax(dim=(1, 2)).min())


@torch.inference_mode()
def test_a_stream_is_embedded_as_a_whole_is(embedding: SpeechEmbedding) -> None:
    length = FIRST_FRAMES + 4 + 9 * FRAMES_PER_EMBEDDING
    spectrogram = 4 + torch.randn(1, BANDS, length, generator=torch.Generator().manual_seed(0))
    whole = embedding(spectrogram[..., 4:])
    past = Past()
    pieces = [embedding(piece, past) for piece in spectrogram.split(FRAMES_PER_EMBEDDING, dim=2)]
    assert whole.shape == (1, WIDTH, 10)
    torch.testing.assert_close(torch.cat(pieces, dim=2)[..., -10:], whole, atol=1e-3, rtol=1e-3)


@needs_voice
@torch.inference_mode()
def test_a_word_is_embedded_by_what_is_said_not_by_who_says_it(embedding: SpeechEmbedding) -> None:
    words, voices = (
        ("computer", "banana", "seventeen"),
        (Voice("en-us"), Voice("en-gb+f3"), Voice("en-us+m5")),
    )
    sounds = [
        one_second(0.5 * synthesise(word, voice.name, voice.speed, voice.pitch))
        for word in words
        for voice in voices
    ]
    found = embedding(SpeechSpectrogram()(torch.from_numpy(np.stack(sounds)))).flatten(1)
    similar = torch.nn.functional.cosine_similarity(found[:, None], found[None], dim=2)
    similar.fill_diagonal_(-1.0)
    nearest = similar.argmax(dim=1)
    assert (nearest // len(voices)).tolist() == [word for word in range(len(words)) for _ in voices]
