"""Training a classifier on folders of images or sounds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file

from mm_robot.classification import train as training
from mm_robot.classification.folders import IMAGES, SOUNDS, read_images
from mm_robot.classification.model import ClassificationModel, Encoder, ModelSettings
from mm_robot.classification.pretrain import pretrain
from mm_robot.classification.settings import FOLDS, ClassificationSettings
from mm_robot.classification.train import train_classifier
from mm_robot.cli import main
from mm_robot.errors import InputError
from mm_robot.model.adapters import Adaptation
from mm_robot.model.base import find_base_model
from mm_robot.speech.base import RATE
from mm_robot.training.configuration import SKIP

CLASSES = ("bright", "dark")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    for part, count in (("train", 12), ("validation", 6)):
        for level, name in zip((190, 60), CLASSES, strict=True):
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(count):
                noise = generator.integers(-40, 40, (40, 30, 3))
                cv2.imwrite(str(tmp_path / part / name / f"{number}.png"), (level + noise).astype(np.uint8))
    return tmp_path


@pytest.fixture
def settings(images: Path) -> ClassificationSettings:
    return ClassificationSettings(
        kind=IMAGES,
        train=images / "train",
        validation=images / "validation",
        out=images / "out",
        seed=0,
        threads=1,
        epochs=10,
        batch=12,
        learning_rate=0.001,
        size=32,
        warmup=2,
        augment=False,
        log_to="none",
    )


def test_two_kinds_of_images_are_told_apart_after_training(
    settings: ClassificationSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    out = train_classifier(settings)
    report = json.loads((out / "report.json").read_text())
    assert report["classes"] == list(CLASSES)
    assert report["after"]["accuracy"] == 1.0
    assert report["before"]["accuracy"] < 1.0
    assert np.sum(report["after"]["confusion"]) == 12
    assert report["after"]["report"]["dark"]["support"] == 6
    for picture in ("confusion.png", "curve.png"):
        assert cv2.imread(str(out / picture)) is not None
    model = out / "model"
    files = [settings.validation / name / "0.png" for name in CLASSES]
    capsys.readouterr()
    assert main(["classify", str(model), *map(str, files)]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["class"] for line in told] == list(CLASSES)
    assert all(sum(line["probability"].values()) == pytest.approx(1.0, abs=1e-3) for line in told)
    assert main(["classify", str(model), str(settings.validation)]) == 2
    weights = load_file(model / "model.safetensors")
    weights.pop("project.1.weight")
    save_file(weights, model / "model.safetensors")
    assert main(["classify", str(model), *map(str, files)]) == 2
    (model / "model.safetensors").write_bytes(b"broken")
    assert main(["classify", str(model), *map(str, files)]) == 2
    assert "take the folder" in capsys.readouterr().err


def test_it_is_trained_against_what_it_tells_worst(settings: ClassificationSettings) -> None:
    out = train_classifier(replace(settings, adversarial=0.5))
    assert json.loads((out / "report.json").read_text())["after"]["accuracy"] == 1.0


def test_moved_tokens_are_told_worse() -> None:
    torch.manual_seed(0)
    model = ClassificationModel(find_base_model(), 2, ModelSettings(False, Adaptation(), adversarial=0.5))
    inputs, labels = torch.rand(4, 3, 32, 32), torch.tensor([0, 1, 0, 1])
    model.train()
    assert model(inputs, labels)["loss"] > model.eval()(inputs, labels)["loss"]


def test_an_encoder_is_pretrained_without_classes_and_once(settings: ClassificationSettings) -> None:
    examples = read_images(settings.train, 32, False)
    torch.manual_seed(0)
    encoder = Encoder(3, (2, 2))
    errors = pretrain(encoder, examples, 12, 8, 0.003, settings.out)
    assert errors[-1] < 0.7 * errors[0]
    again = Encoder(3, (2, 2))
    assert pretrain(again, examples, 12, 8, 0.003, settings.out) == []
    for one, other in zip(encoder.state_dict().values(), again.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)
    out = train_classifier(replace(settings, pretrain_epochs=2, epochs=1, out=settings.out / "run"))
    assert (out / "pretrained.safetensors").is_file()


@pytest.mark.parametrize("adapter", ["adalora", "ia3", "prompt", "last_layers", "full", "frozen"])
def test_every_adapter_trains(settings: ClassificationSettings, adapter: str) -> None:
    out = train_classifier(replace(settings, adapter=adapter, layers=1, epochs=2))
    assert (out / "model" / "model.safetensors").exists()


def test_what_is_frozen_stays_and_is_not_saved(settings: ClassificationSettings) -> None:
    from safetensors import safe_open

    out = train_classifier(replace(settings, adapter="frozen", epochs=1))
    with safe_open(out / "model" / "model.safetensors", framework="pt") as stream:
        assert not any(name.startswith("language_model") for name in stream.keys())  # noqa: SIM118


def test_a_run_that_was_broken_off_goes_on_to_the_same_end(
    settings: ClassificationSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train_classifier(replace(settings, epochs=3, augment=True, out=settings.out / "whole"))

    class Broken(training._Guard):
        def on_epoch_begin(self, args: object, state: object, control: object, **given: object) -> None:
            if getattr(state, "epoch", 0.0) >= 2:
                raise KeyboardInterrupt

    broken = replace(settings, epochs=3, augment=True, out=settings.out / "broken")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training, "_Guard", Broken)
        train_classifier(broken)
    again = train_classifier(broken)
    losses = [[row["loss"] for row in _history(folder) if "loss" in row] for folder in (whole, again)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def _history(folder: Path) -> list[dict[str, float]]:
    last = max(folder.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    history: list[dict[str, float]] = json.loads((last / "trainer_state.json").read_text())["log_history"]
    return history


def test_sounds_are_judged_fold_by_fold(tmp_path: Path, settings: ClassificationSettings) -> None:
    generator = np.random.default_rng(1)
    times = np.arange(RATE) / RATE
    for hertz, name in ((300.0, "low"), (3000.0, "high")):
        (tmp_path / "sounds" / name).mkdir(parents=True)
        for number in range(8):
            tone = 0.3 * np.sin(2 * np.pi * hertz * times) + generator.normal(0, 0.01, RATE)
            soundfile.write(tmp_path / "sounds" / name / f"{1 + number % 2}-{number}.wav", tone, RATE)
    out = train_classifier(
        replace(
            settings, kind=SOUNDS, train=tmp_path / "sounds", validation=Path(FOLDS), seconds=1.0, epochs=8
        )
    )
    report = json.loads((out / "report.json").read_text())
    assert report["after"]["examples"] == 16
    assert report["after"]["accuracy"] >= 0.9
    assert {path.name for path in out.glob("fold-*")} == {"fold-1", "fold-2"}


def test_a_broken_image_is_named_or_left_out(settings: ClassificationSettings) -> None:
    (settings.train / "dark" / "broken.jpg").write_bytes(b"no image")
    with pytest.raises(InputError, match=r"broken\.jpg.*broken_files: skip"):
        train_classifier(settings)
    out = train_classifier(replace(settings, broken_files=SKIP, epochs=1))
    report = json.loads((out / "report.json").read_text())
    assert ["broken.jpg" in line for line in report["skipped"]] == [True]


def test_an_empty_class_is_named(settings: ClassificationSettings) -> None:
    (settings.train / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        train_classifier(settings)


def test_a_run_that_diverges_says_so() -> None:
    arguments, state = SimpleNamespace(output_dir="out"), SimpleNamespace(global_step=7)
    guard = training._Guard()
    guard.on_log(arguments, state, None, logs={"loss": 0.5})
    with pytest.raises(InputError, match="step 7; lower learning_rate"):
        guard.on_log(arguments, state, None, logs={"loss": float("nan")})


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("colour: red", "unknown key colour"),
        ("epochs: 0", "epochs must be a whole number from 1"),
        ("adapter: magic", "adapter must be lora, adalora"),
        ("mixup: yes", "mixup must be a number"),
        ("optimiser: adam", "optimiser must be adamw or sgd"),
    ],
)
def test_wrong_keys_are_refused_by_name(
    images: Path, capsys: pytest.CaptureFixture[str], line: str, complaint: str
) -> None:
    keys = {
        "task": "classify", "kind": "images", "train": str(images / "train"),
        "validation": str(images / "validation"), "out": str(images / "out"), "seed": "0", "threads": "1",
        "epochs": "1", "batch": "4", "learning_rate": "0.001",
    }  # fmt: skip
    key, value = line.split(": ")
    keys[key] = value
    file = images / "config.yaml"
    file.write_text("\n".join(f"{k}: {v}" for k, v in keys.items()))
    assert main(["train", str(file)]) == 2
    assert complaint in capsys.readouterr().err


def test_the_seed_decides_all(settings: ClassificationSettings) -> None:
    first, second = (
        json.loads(
            (
                train_classifier(replace(settings, epochs=1, out=settings.out / name)) / "report.json"
            ).read_text()
        )
        for name in "ab"
    )
    assert first == second
    assert torch.initial_seed() == settings.seed
