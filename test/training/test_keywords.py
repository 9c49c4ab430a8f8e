"""Training on recordings of words, and judging what came of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from mm_robot.cli import main
from mm_robot.data.words import WordClips, one_second, read_words
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.speech.keyword_model import UNKNOWN, WORDS, KeywordModel
from mm_robot.speech.keywords import WEIGHTS
from mm_robot.training import keywords as training
from mm_robot.training.evaluate_speech import evaluate_speech
from mm_robot.training.keywords import SMOOTHING, told_apart, train_keywords
from mm_robot.training.loop import StageSettings
from mm_robot.training.noise import Noise
from mm_robot.training.settings import KeywordSettings
from mm_robot.training.sound_augmentation import as_loud, augmented, masked
from mm_robot.training.spoken import read_spoken

TONES = {"stop": 400.0, "go": 2500.0}
"""Two "words" that anything learns to tell apart: Hz."""


def tone(hertz: float, random: np.random.Generator) -> np.ndarray:
    times = np.arange(RATE) / RATE
    sound = 0.3 * np.sin(2 * np.pi * hertz * times) * (np.abs(times - 0.5) < 0.2)
    return (sound + random.normal(0, 0.003, RATE)).astype(np.float32)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for name in WORDS:
        (tmp_path / "words" / name).mkdir(parents=True)
        for number in range(6):
            sound = tone(TONES[name], random) if name in TONES else random.normal(0, 0.01, RATE)
            soundfile.write(tmp_path / "words" / name / f"{number}.flac", sound, RATE)
    (tmp_path / "noise").mkdir()
    soundfile.write(tmp_path / "noise" / "hiss.wav", random.normal(0, 0.1, 3 * RATE), RATE)
    write_speech(tmp_path / "speech", ["lovely weather", "go left", "what a day"])
    return tmp_path


def write_speech(folder: Path, texts: list[str]) -> None:
    """Sentences of two seconds each, in each of which all samples are its number."""
    folder.mkdir()
    sounds = np.repeat(np.arange(1, len(texts) + 1, dtype=np.int16), 2 * RATE)
    ends = 2 * RATE * np.arange(1, len(texts) + 1)
    np.savez(folder / "spoken-00000.npz", sounds=sounds, ends=ends, texts=np.array(texts))


@pytest.fixture
def settings(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> KeywordSettings:
    nothing = WordClips(np.empty((0, RATE), np.float32), np.empty(0, np.int64), ())
    monkeypatch.setattr(training, "_synthetic", lambda *_: nothing)
    monkeypatch.setattr(training, "CALIBRATION_STEPS", 5)
    steps = StageSettings(steps=24, batch=32, learning_rate=0.005, warmup=2, save_every=5)
    folders = (recordings / name for name in ("words", "speech", "noise", "out"))
    return KeywordSettings(*folders, seed=0, threads=1, head=replace(steps, steps=8), train=steps)


def test_what_is_said_without_a_command_word_is_another_word(recordings: Path) -> None:
    clips = training._seconds_of(read_spoken(recordings / "speech"), 0)
    assert clips.sounds.shape == (2, RATE)
    assert {round(float(sound.mean()) * 32768) for sound in clips.sounds} == {1, 3}
    assert set(clips.words) == {WORDS.index(UNKNOWN)}


def test_what_was_trained_is_heard_and_reported(
    settings: KeywordSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = train_keywords(settings)
    report = settings.out / "report.json"
    arguments = ("evaluate", "speech", str(settings.words), "--model", str(folder), "--report", str(report))
    assert main(arguments) == 0
    found = json.loads(report.read_text())
    assert (found["clips"], found["snr_db"]) == (6 * len(WORDS), None)
    for name in TONES:
        assert found["per_word"][name]["recall"] == 1.0
        assert found["per_word"][name]["n"] == 6
    assert "clips" in capsys.readouterr().out


def test_a_broken_off_run_takes_the_same_steps(
    settings: KeywordSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(settings.train, steps=12, batch=6)
    settings = replace(settings, head=replace(few, steps=4), train=few)
    whole = load_file(train_keywords(replace(settings, out=settings.out / "whole")) / WEIGHTS)
    draw = training._Drawer.batch

    def broken_off(drawer: Any, model: KeywordModel, size: int, step: int) -> Any:
        if step == 8:
            raise KeyboardInterrupt
        return draw(drawer, model, size, step)

    monkeypatch.setattr(training._Drawer, "batch", broken_off)
    with pytest.raises(KeyboardInterrupt):
        train_keywords(settings)
    monkeypatch.setattr(training._Drawer, "batch", draw)
    resumed = load_file(train_keywords(settings) / WEIGHTS)
    for name, tensor in whole.items():
        torch.testing.assert_close(resumed[name], tensor, msg=name)


def test_that_nobody_says_a_word_is_not_learned() -> None:
    logits = torch.tensor([[2.0, 0.0, -1.0], [2.0, 0.0, -1.0]], requires_grad=True)
    people = torch.tensor([[False, False, True], [False, False, False]])
    loss = told_apart(logits, torch.tensor([0, 0]), people)
    loss.backward()  # type: ignore[no-untyped-call]
    assert bool(torch.isfinite(loss)) and logits.grad is not None
    assert logits.grad[0, 2] == 0.0 and logits.grad[1, 2] != 0.0
    alone = torch.nn.functional.cross_entropy(logits[:1, :2], torch.tensor([0]), label_smoothing=SMOOTHING)
    both = torch.nn.functional.cross_entropy(logits[1:], torch.tensor([0]), label_smoothing=SMOOTHING)
    torch.testing.assert_close(loss, (alone + both) / 2)


def test_sounds_are_made_louder_and_fainter_but_not_too_loud() -> None:
    sounds = torch.full((64, 10), 0.5)
    levels = as_loud(sounds, torch.Generator().manual_seed(0))[:, 0]
    assert float(levels.min()) < 0.1 and float(levels.max()) == 1.0


def test_noise_is_mixed_in_as_loud_as_asked_for(recordings: Path) -> None:
    sounds = read_words(recordings / "words", ("stop",)).sounds
    random = np.random.default_rng(0)
    noise = Noise(recordings / "noise", 10.0)
    for sound in sounds:
        added = noise.under(sound, random) - sound
        assert 10 * np.log10((sound**2).mean() / (added**2).mean()) == pytest.approx(10.0, abs=0.01)
        wide = noise.under(np.tile(sound, 5), random, around=RATE)
        assert wide.shape == (7 * RATE,) and np.abs(wide[:RATE]).max() > 0.0


def test_augmentation_changes_every_sound_and_draws_the_same_for_a_seed() -> None:
    random = np.random.default_rng(3)
    sounds = torch.from_numpy(np.stack([tone(800.0, random)] * 8))
    noise = torch.randn(2 * RATE, generator=torch.Generator().manual_seed(0))
    first, again = (augmented(sounds, noise, torch.Generator().manual_seed(7)) for _ in range(2))
    torch.testing.assert_close(first, again)
    assert first.shape == sounds.shape and bool(torch.isfinite(first).all())
    assert all(float((a - b).abs().max()) > 0.01 for a, b in zip(first, sounds, strict=True))
    spectrograms = torch.ones(8, 40, 101)
    share = masked(spectrograms, torch.Generator().manual_seed(7)).mean()
    assert 0.3 < float(share) < 1.0


def test_clips_are_a_second_whatever_they_were() -> None:
    assert (
        one_second(np.ones(10, np.float32)).shape == one_second(np.ones(99_999, np.float32)).shape == (RATE,)
    )
    assert one_second(np.ones(2, np.float32)).sum() == 2.0


def test_wrong_folders_and_arguments_are_named(recordings: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no recordings of"):
        read_words(tmp_path / "nowhere", WORDS)
    with pytest.raises(InputError, match="belong together"):
        evaluate_speech(recordings / "words", noise=recordings / "noise")
    with pytest.raises(InputError, match="holds no recordings; name a folder of noise"):
        Noise(tmp_path / "nowhere", 5.0).under(np.zeros(RATE, np.float32), np.random.default_rng(0))
    broken = recordings / "words" / UNKNOWN / "broken.wav"
    broken.write_bytes(b"no sound")
    with pytest.raises(InputError, match="broken.wav"):
        read_words(recordings / "words", WORDS)
