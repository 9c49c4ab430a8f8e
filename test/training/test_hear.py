"""Spoken sentences to train on, and the stage that trains the ear."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from mm_robot.errors import InputError
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint, tokenizer_of
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.processor import Processor
from mm_robot.sim.voices import MORE_RECORDED_VOICES, MORE_VOICES, RECORDED_VOICES, VOICES
from mm_robot.training.hear import HearStage, WordVectors
from mm_robot.training.spoken import (
    SpokenSentences,
    as_spoken,
    draw_voice,
    read_spoken,
    speak_sentences,
)

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("flite")),
    reason="no voices: run sudo apt install espeak-ng flite",
)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> SpokenSentences:
    folder = tmp_path_factory.mktemp("spoken")
    assert list(speak_sentences(folder, 6, 3_000_000, 1)) == [6]
    return read_spoken(folder)


@pytest.fixture(scope="module")
def model() -> FusedLanguageModel:
    torch.manual_seed(0)
    return new_model(find_base_model(), Processor(), 4, 8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Go to the red ball!", "go to the red ball"),
        ("make a u-turn", "make a u turn"),
        ("don't move.", "don't move"),
        ("turn 45 degrees", None),
        ("?", None),
    ],
)
def test_sentences_are_said_in_letters_alone(text: str, said: str | None) -> None:
    assert as_spoken(text) == said


def test_spoken_sentences_are_written_and_read(spoken: SpokenSentences) -> None:
    assert len(spoken) == 6
    for index, text in enumerate(spoken.texts):
        sound = spoken.sound(index)
        assert as_spoken(text) == text
        assert len(sound) > 0.3 * 16_000 and 0.05 < np.abs(sound).max() <= 1.0


def test_a_folder_without_spoken_sentences_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="generate --sentences"):
        read_spoken(tmp_path)
    (tmp_path / "spoken-00000.npz").write_bytes(b"junk")
    with pytest.raises(InputError, match=r"spoken-00000\.npz"):
        read_spoken(tmp_path)


def test_voices_are_kept_for_judging() -> None:
    random = np.random.default_rng(0)
    trained = {draw_voice(random).name for _ in range(3000)}
    assert len(trained) > 200
    assert not trained & {voice.name for voice in MORE_VOICES + RECORDED_VOICES + MORE_RECORDED_VOICES}
    variants = {name.partition("+")[2] for name in trained} - {""}
    assert not variants & {voice.name.partition("+")[2] for voice in VOICES + MORE_VOICES}


def test_words_have_the_vectors_of_the_written_sentence(model: FusedLanguageModel) -> None:
    tokenizer = tokenizer_of(find_base_model())
    vectors, there = WordVectors(model, tokenizer)(["go on", "find the counterclockwise ball"])
    assert vectors.shape == (2, 6, 384) and there.sum(1).tolist() == [4, 6]
    tokens = tokenizer(["go on"], return_tensors="pt")
    written = model.embed_text(tokens["input_ids"], tokens["attention_mask"])[0]
    torch.testing.assert_close(vectors[0][there[0]], written)


def test_the_ear_learns_and_is_saved(
    model: FusedLanguageModel, spoken: SpokenSentences, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).normal(0, 1, 400_000).astype(np.float32)
    stage = HearStage(model, tokenizer_of(find_base_model()), spoken, noise, batch=6, seed=0)
    assert model.ear is not None
    optimiser = torch.optim.AdamW(model.ear.parameters(), lr=2e-3)
    losses = []
    for step in range(60):
        loss = torch.stack(list(stage.loss(step).values())).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-10:]) < 0.75 * np.mean(losses[:5])
    save_checkpoint(tmp_path / "hears", model, Processor(), ("a",) * 4, ("b",) * 8)
    again = load_model(tmp_path / "hears")[0]
    assert again.ear is not None
    model.ear.eval()
    sound = torch.from_numpy(spoken.sound(0))
    torch.testing.assert_close(model.ear.listen(sound)[1], again.ear.listen(sound)[1], rtol=0.02, atol=0.02)


def test_too_little_noise_is_named(model: FusedLanguageModel, spoken: SpokenSentences) -> None:
    with pytest.raises(InputError, match="noise last 1.0 s"):
        HearStage(model, tokenizer_of(find_base_model()), spoken, np.zeros(16_000, np.float32), 6, 0)
