"""The policy with each way to adapt its language model: trained, saved, loaded, driven."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mm_robot.data.generate import generate
from mm_robot.errors import CheckpointError, ConfigError
from mm_robot.model.adapters import ADAPTERS
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, tokenizer_of
from mm_robot.model.policy import load_policy
from mm_robot.sim.scene import EVALUATION_SEEDS
from mm_robot.training.evaluate import randomise_language_model
from mm_robot.training.finetune import train
from mm_robot.training.loop import StageSettings
from mm_robot.training.settings import TrainingSettings, load_settings
from mm_robot.types import Observation, RobotState, TaskState

OTHERS = tuple(name for name in ADAPTERS if name != "lora")


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frames")
    list(generate(folder, 16, EVALUATION_SEEDS, workers=1))
    return folder


@pytest.fixture(scope="module", params=OTHERS)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def trained(adapter: str, frames: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    stage = StageSettings(steps=2, batch=4, learning_rate=1e-3, warmup=1)
    settings = TrainingSettings(
        tmp_path_factory.mktemp(adapter),
        seed=3,
        threads=1,
        data=(frames,),
        see=stage,
        fuse=stage,
        adapter=adapter,
    )
    folder = train(settings)
    assert folder is not None
    return folder


def read(folder: Path) -> torch.Tensor:
    """What the language model makes of a sentence, its adapter at work."""
    model = load_model(folder)[0]
    tokens = tokenizer_of(find_base_model())(["turn left"], return_tensors="pt")
    with torch.no_grad():
        text = model.embed_text(tokens["input_ids"], tokens["attention_mask"])
        return model.understand(text, tokens["attention_mask"], torch.tensor([0])).asked.skill


def test_it_drives_as_it_was_saved(trained: Path) -> None:
    observation = Observation(
        np.full((480, 640, 3), 90, np.uint8), "turn left 90 degrees", RobotState(), TaskState(), 0.0
    )
    first, second = (load_policy(str(trained)).decide(observation).actions for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-6)
    assert first.shape == (5, 2) and np.isfinite(first).all()


def test_it_is_trained_on_as_what_it_is(trained: Path, adapter: str, frames: Path, tmp_path: Path) -> None:
    still = StageSettings(steps=1, batch=4, learning_rate=0.0, warmup=0, weight_decay=0.0)
    folder = train(
        TrainingSettings(
            tmp_path, seed=3, threads=1, data=(frames,), see=still, fuse=still, start=str(trained)
        )
    )
    assert folder is not None
    torch.testing.assert_close(read(folder), read(trained), rtol=1e-3, atol=1e-3)
    assert load_model(folder)[0].language.adaptation.name == adapter


def test_only_what_is_named_is_trained(trained: Path, adapter: str) -> None:
    model = load_model(trained, trainable=True)[0]
    names = {n for n, p in model.named_parameters() if p.requires_grad and n.startswith("language_model.")}
    own = {n for n in names if "lora_" not in n and "ia3_" not in n and n != "language_model.prompt"}
    assert bool(names) is (adapter != "frozen")
    assert bool(own) is (adapter in ("full", "last_layers"))
    assert not any(p.requires_grad for n, p in model.named_parameters() if n.startswith("text_model."))


def test_the_text_goes_through_the_pretrained_model_first(trained: Path) -> None:
    model = load_model(trained)[0]
    tokens = tokenizer_of(find_base_model())(["turn left"], return_tensors="pt")
    from mm_robot.model.adapters import load_base_model

    with torch.no_grad():
        wanted = load_base_model(find_base_model())(**tokens).last_hidden_state
        text = model.embed_text(tokens["input_ids"], tokens["attention_mask"])
    torch.testing.assert_close(text, wanted, rtol=1e-3, atol=1e-3)


def test_random_weights_in_the_place_of_the_pretrained_ones_read_otherwise(trained: Path) -> None:
    model = load_model(trained)[0]
    tokens = tokenizer_of(find_base_model())(["turn left"], return_tensors="pt")
    with torch.no_grad():
        before = model.embed_text(tokens["input_ids"], tokens["attention_mask"])
        randomise_language_model(model)
        after = model.embed_text(tokens["input_ids"], tokens["attention_mask"])
    assert float((after - before).abs().max()) > 0.1


def test_missing_weights_are_named(trained: Path, adapter: str, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "policy"
    shutil.copytree(trained, copy)
    for weights in (*copy.glob("language_model.safetensors"), *copy.glob("adapter/*.safetensors")):
        weights.unlink()
    with pytest.raises(CheckpointError, match="take the checkpoint folder as it was saved"):
        load_policy(str(copy))


def test_a_policy_to_train_on_has_its_adapter(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    keys = "data: [a]\nout: b\nseed: 0\nthreads: 1\n"
    stages = "".join(f"{s}: {{steps: 1, batch: 2, learning_rate: 0.1}}\n" for s in ("see", "fuse"))
    file.write_text(f"{keys}{stages}start: embedded\nadapter: ia3\n")
    with pytest.raises(ConfigError, match="leave out adapter, rank, layers, prompt_tokens and fusion"):
        load_settings(file)
    file.write_text(f"{keys}{stages}adapter: magic\n")
    with pytest.raises(ConfigError, match="adapter must be lora, adalora"):
        load_settings(file)
    file.write_text(f"{keys}{stages}adapter: last_layers\nlayers: 3\n")
    settings = load_settings(file)
    assert isinstance(settings, TrainingSettings)
    assert (settings.adapter, settings.layers) == ("last_layers", 3)
    assert replace(settings, adapter="lora").rank == 16
