from __future__ import annotations

import pytest
import torch

from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import new_model, tokenizer_of
from mm_robot.model.encoders import GRID_CHANNELS, GRID_COLUMNS, GRID_ROWS
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.processor import STATE_SIZE, Processor


@pytest.fixture(scope="module")
def model() -> FusedLanguageModel:
    torch.manual_seed(0)
    made = new_model(find_base_model(), Processor(), shapes=4, colours=8).eval()
    for name, parameter in made.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    return made


def text(model: FusedLanguageModel, *sentences: str) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = tokenizer_of(find_base_model())(list(sentences), padding=True, return_tensors="pt")
    return model.embed_text(tokens["input_ids"], tokens["attention_mask"]), tokens["attention_mask"]


def inputs(batch: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    grid = torch.randn(batch, GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS, generator=generator)
    return grid, torch.randn(batch, STATE_SIZE, generator=generator)


@torch.no_grad()
def test_what_a_sentence_means_does_not_change_with_the_view(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball")
    alone = model.understand(embedded, mask)
    for seed in (1, 2):
        seen = model(*inputs(1, seed), embedded, mask)
        torch.testing.assert_close(seen.text.skill, alone.skill, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(seen.text.amount, alone.amount, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_the_grounding_depends_on_the_sentence_and_on_the_view(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball", "go to the blue box")
    grid, state = inputs(1, 1)
    other, _ = inputs(1, 2)
    first = model(grid, state, embedded[:1], mask[:1]).scene.grounding
    assert (first - model(grid, state, embedded[1:], mask[1:]).scene.grounding).abs().max() > 1e-3
    assert (first - model(other, state, embedded[:1], mask[:1]).scene.grounding).abs().max() > 1e-3


@torch.no_grad()
def test_padding_changes_nothing(model: FusedLanguageModel) -> None:
    short, short_mask = text(model, "stop")
    padded, padded_mask = text(model, "stop", "go forward two and a half metres and then wait there")
    grid, state = inputs(1, 1)
    first = model(grid, state, short, short_mask)
    second = model(grid, state, padded[:1], padded_mask[:1])
    torch.testing.assert_close(first.actions, second.actions, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(first.text.skill, second.text.skill, rtol=1e-3, atol=1e-4)


@torch.no_grad()
def test_shares_of_the_thing_meant_are_at_most_one(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball")
    attention = model(*inputs(1, 3), embedded, mask).scene.attention
    assert attention.shape == (1, GRID_ROWS * GRID_COLUMNS)
    assert 0.0 <= float(attention.sum()) <= 1.0 + 1e-5


@torch.no_grad()
def test_merging_the_adapter_changes_no_output() -> None:
    torch.manual_seed(1)
    model = new_model(find_base_model(), Processor(), shapes=4, colours=8).eval()
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    embedded, mask = text(model, "turn left")
    before = model(*inputs(1, 1), embedded, mask)
    model.merge_adapter()
    again, _ = text(model, "turn left")
    after = model(*inputs(1, 1), again, mask)
    torch.testing.assert_close(again, embedded, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(after.actions, before.actions, rtol=1e-3, atol=1e-3)


def test_only_adapter_encoders_and_heads_are_trained(model: FusedLanguageModel) -> None:
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    base = {name for name in trained if name.startswith("language_model.") and "lora_" not in name}
    assert not base
    assert any("lora_" in name for name in trained)
