"""The reader of verdicts, saved and loaded with its policy."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mm_robot.errors import CheckpointError
from mm_robot.model.adapters import load_base_model
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint, tokenizer_of
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.processor import Processor
from mm_robot.sim.scene import COLOURS, SHAPES

SENTENCES = ["go to the red ball", "do not go to the red ball, ram it"]


def logits(model: FusedLanguageModel) -> torch.Tensor:
    tokens = tokenizer_of(find_base_model())(SENTENCES, padding=True, return_tensors="pt")
    assert model.verdict_reader is not None
    with torch.no_grad():
        told: torch.Tensor = model.verdict_reader(tokens["input_ids"], tokens["attention_mask"])
    return told


@pytest.fixture
def model() -> FusedLanguageModel:
    torch.manual_seed(0)
    base = find_base_model()
    made = new_model(base, Processor(), len(SHAPES), len(COLOURS))
    for name, parameter in made.add_verdict_reader(load_base_model(base)).own_parameters().items():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    return made.eval()


def saved(model: FusedLanguageModel, folder: Path) -> Path:
    save_checkpoint(folder, model, Processor(), SHAPES, tuple(COLOURS))
    return folder


def test_it_reads_as_it_was_saved(model: FusedLanguageModel, tmp_path: Path) -> None:
    loaded, *_ = load_model(saved(model, tmp_path))
    told = logits(model)
    assert float((told[0] - told[1]).abs().max()) > 1e-3
    torch.testing.assert_close(logits(loaded), told, atol=2e-3, rtol=0)
    assert (tmp_path / "verdict.safetensors").stat().st_size < 2e6


def test_a_policy_without_a_reader_stays_without_one(model: FusedLanguageModel, tmp_path: Path) -> None:
    saved(model, tmp_path)
    model.verdict_reader = None
    loaded, *_ = load_model(saved(model, tmp_path))
    assert loaded.verdict_reader is None


def test_the_weights_of_another_reader_are_refused(model: FusedLanguageModel, tmp_path: Path) -> None:
    saved(model, tmp_path)
    (tmp_path / "verdict.safetensors").write_bytes((tmp_path / "encoders.safetensors").read_bytes())
    with pytest.raises(CheckpointError, match="another reader"):
        load_model(tmp_path)
