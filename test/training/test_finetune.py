from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from mm_robot.data.generate import generate
from mm_robot.errors import CheckpointError, ConfigError
from mm_robot.model.base import BASE_MODEL
from mm_robot.model.policy import load_policy
from mm_robot.sim.scene import EVALUATION_SEEDS
from mm_robot.training.finetune import train
from mm_robot.training.loop import StageSettings
from mm_robot.training.settings import KeywordSettings, TrainingSettings, load_settings
from mm_robot.training.validation import ValidationSettings, validation_episodes
from mm_robot.types import Observation, RobotState, TaskState


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frames")
    list(generate(folder, 48, EVALUATION_SEEDS, workers=1))
    return folder


def settings(frames: Path, out: Path) -> TrainingSettings:
    stage = StageSettings(steps=4, batch=8, learning_rate=1e-3, warmup=2, save_every=1)
    return TrainingSettings(out, seed=3, threads=1, data=(frames,), see=stage, fuse=stage)


@pytest.fixture(scope="module")
def trained(frames: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = train(settings(frames, tmp_path_factory.mktemp("unbroken")))
    assert folder is not None
    return folder


def test_a_run_that_was_broken_off_takes_the_same_steps(trained: Path, frames: Path, tmp_path: Path) -> None:
    whole = settings(frames, tmp_path)

    class Broken(Exception):
        pass

    from mm_robot.training.fuse import FuseStage

    loss = FuseStage.loss
    with pytest.MonkeyPatch.context() as patch:

        def failing(self: FuseStage, step: int) -> dict[str, torch.Tensor]:
            if step == 2:
                raise Broken
            return loss(self, step)

        patch.setattr(FuseStage, "loss", failing)
        with pytest.raises(Broken):
            train(whole)
    folder = train(whole)
    assert folder is not None
    for name in ("encoders.safetensors", "adapter/adapter_model.safetensors"):
        first, second = load_file(trained / name), load_file(folder / name)
        for key in first:
            torch.testing.assert_close(first[key], second[key], rtol=2e-3, atol=2e-4)


def test_training_goes_on_from_a_checkpoint(trained: Path, frames: Path, tmp_path: Path) -> None:
    still = StageSettings(steps=1, batch=8, learning_rate=0.0, warmup=0, weight_decay=0.0)
    folder = train(replace(settings(frames, tmp_path), start=str(trained), see=still, fuse=still))
    assert folder is not None
    for name in ("encoders.safetensors", "adapter/adapter_model.safetensors"):
        first, second = load_file(trained / name), load_file(folder / name)
        assert first.keys() == second.keys()
        for key in (k for k in first if "running_" not in k and "num_batches" not in k):
            torch.testing.assert_close(first[key], second[key], rtol=0, atol=0)


def test_a_stage_alone_leaves_the_rest_as_it_was(trained: Path, tmp_path: Path) -> None:
    fuse = StageSettings(steps=1, batch=8, learning_rate=1e-3, warmup=0)
    folder = train(TrainingSettings(tmp_path, seed=4, threads=1, fuse=fuse, start=str(trained)))
    assert folder is not None
    first, second = (load_file(path / "encoders.safetensors") for path in (trained, folder))
    eye = [key for key in first if key.startswith("eye.")]
    assert eye
    for key in eye:
        torch.testing.assert_close(first[key], second[key], rtol=0, atol=0)
    assert not torch.equal(first["skill_head.weight"], second["skill_head.weight"])


def test_a_policy_is_judged_in_rooms_while_it_is_trained(tmp_path: Path) -> None:
    rooms = tmp_path / "rooms.jsonl"
    rooms.write_text('{"text": "turn left", "seed": 1, "expect": {"outcome": "turn", "degrees": 90}}\n')
    still = StageSettings(steps=1, batch=4, learning_rate=0.0, warmup=0, weight_decay=0.0)
    judged = ValidationSettings(every=1, episodes=rooms)
    out = tmp_path / "out"
    folder = train(TrainingSettings(out, seed=4, threads=1, fuse=still, start="embedded", validate=judged))
    assert folder is not None
    report = json.loads((out / "validation.json").read_text())
    assert [(look["step"], look["success"], look["n"]) for look in report["looks"]] == [(0, 1, 1), (1, 1, 1)]
    assert report["best"] == 0 and not (out / "validated").exists()
    drawn = cv2.imread(str(out / "curve.png"))
    assert drawn is not None and drawn.shape[1] > 2 * drawn.shape[0], "the losses, and success in rooms"


def test_rooms_made_for_validation_are_those_of_no_other_evaluation() -> None:
    episodes = validation_episodes(ValidationSettings(rooms=8))
    assert [e.seed for e in episodes] == list(range(800_000, 800_008))
    for episode in episodes:
        assert episode.target is not None
        shapes, colours = [t.shape for t in episode.room.things], [t.colour for t in episode.room.things]
        assert shapes.count(shapes[episode.target]) > 1 and colours.count(colours[episode.target]) > 1


def test_training_changes_the_adapter_and_keeps_the_base(trained: Path) -> None:
    adapter = load_file(trained / "adapter" / "adapter_model.safetensors")
    assert any(bool(t.abs().max() > 0) for n, t in adapter.items() if "lora_B" in n)
    assert sum(f.stat().st_size for f in trained.rglob("*") if f.is_file()) < 12e6


def test_the_checkpoint_names_the_base_model_and_no_folder(trained: Path) -> None:
    config = json.loads((trained / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == BASE_MODEL


def test_the_checkpoint_drives_as_saved(trained: Path) -> None:
    observation = Observation(
        np.full((480, 640, 3), 90, np.uint8), "turn left 90 degrees", RobotState(), TaskState(), 0.0
    )
    decisions = []
    for _ in range(2):
        policy = load_policy(str(trained))
        policy.reset(observation.instruction)
        decisions.append(policy.decide(observation))
    np.testing.assert_allclose(decisions[0].actions, decisions[1].actions, atol=1e-6)
    assert decisions[0].actions.shape == (5, 2)


@pytest.mark.parametrize("name", ["config.json", "labels.json", "processor.json", "encoders.safetensors"])
def test_a_broken_checkpoint_is_named(name: str, trained: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "policy"
    shutil.copytree(trained, copy)
    (copy / name).write_bytes(b"{}" if name.endswith("json") else b"junk")
    if name == "processor.json":
        (copy / name).write_bytes(b"junk")
    with pytest.raises(CheckpointError) as error:
        load_policy(str(copy))
    assert str(copy) in str(error.value) and "\n" not in str(error.value)


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not a checkpoint folder"):
        load_policy(str(tmp_path / "nowhere"))


def test_an_altered_base_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: Path
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setenv("MM_ROBOT_BASE_MODEL", str(tmp_path))
    with pytest.raises(CheckpointError, match="pip install"):
        load_policy(str(trained))


def test_a_loss_that_is_not_finite_ends_the_run_with_a_reason(frames: Path, tmp_path: Path) -> None:
    from mm_robot.errors import InputError

    bad = settings(frames, tmp_path)
    bad = replace(bad, see=replace(bad.see, learning_rate=0.9e6, warmup=0, steps=30))
    with pytest.raises(InputError, match="not finite at step"):
        train(bad)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: [a]\n", "the key out is missing"),
        ("dta: [a]\n", "unknown key dta"),
        ("[1, 2]\n", "holds no keys"),
        ("data: [a]\nout: b\nseed: 0\nthreads: 1\nsee: {}\nfuse: {}\nhear: {}\n", "hear, speech and noise"),
        ("out: b\nseed: 0\nthreads: 1\ndata: [a]\n", "see and data go together"),
        ("out: b\nseed: 0\nthreads: 1\nfuse: {steps: 1, batch: 2, learning_rate: 0.1}\n", "begun anew"),
        ("out: b\nseed: 0\nthreads: 1\nstart: embedded\n", "one of the stages"),
        (
            "data: [a]\nout: b\nseed: 0\nthreads: 1\nsee: {steps: 1, batch: 2, learning_rate: 0.1}\n"
            "fuse: {steps: 1, batch: 2, learning_rate: 0.1, kept_of_start: 0.5}\n",
            "give start, too",
        ),
        ("task: cook\n", "task must be policy, keywords or classify"),
        ("task: keywords\nwords: a\nspeech: b\nnoise: c\n", "the key out is missing"),
        ("data: a\nout: b\nseed: 0\nthreads: 1\nsee: {}\nfuse: {}\n", "data must be a list"),
        ("data: [a]\nout: b\nseed: 0\nthreads: 0\nsee: {}\nfuse: {}\n", "threads must be a whole number"),
        (
            "data: [a]\nout: b\nseed: 0\nthreads: 1\nfuse: {}\nsee: {steps: 1, batch: 2, learning_rate: 7}\n",
            "see.learning_rate must be a number",
        ),
    ],
)
def test_a_wrong_configuration_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "train.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_settings(path)


def test_the_shipped_configurations_are_valid() -> None:
    folder = Path(__file__).parents[2] / "config" / "train"
    policy, keywords = (load_settings(folder / f"{name}.yaml") for name in ("embedded", "keywords"))
    assert isinstance(policy, TrainingSettings) and policy.fuse and policy.fuse.steps > 0
    assert isinstance(keywords, KeywordSettings) and keywords.train.steps > 0
