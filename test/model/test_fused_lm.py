from __future__ import annotations

import pytest
import torch

from mm_robot.model.adapters import load_base_model
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import new_model, tokenizer_of
from mm_robot.model.fused_lm import MOST_THINGS, FusedLanguageModel
from mm_robot.model.processor import STATE_SIZE, Processor
from mm_robot.model.prompt import PromptTuned
from mm_robot.model.thing_tokens import THING_FEATURES

Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def made(seed: int) -> FusedLanguageModel:
    torch.manual_seed(seed)
    model = new_model(find_base_model(), Processor(), shapes=4, colours=8).eval()
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    return model


@pytest.fixture(scope="module")
def model() -> FusedLanguageModel:
    return made(0)


def text(model: FusedLanguageModel, *sentences: str) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = tokenizer_of(find_base_model())(list(sentences), padding=True, return_tensors="pt")
    return model.embed_text(tokens["input_ids"], tokens["attention_mask"]), tokens["attention_mask"]


def view(seed: int, count: int = 5) -> Inputs:
    generator = torch.Generator().manual_seed(seed)
    things = torch.randn(1, MOST_THINGS, THING_FEATURES, generator=generator)
    present = torch.arange(MOST_THINGS)[None] < count
    return things, present, torch.randn(1, STATE_SIZE, generator=generator)


STEP = torch.tensor([0])


@torch.no_grad()
def test_what_a_sentence_means_does_not_change_with_the_view(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball")
    alone = model.understand(embedded, mask, STEP).asked
    for seed in (1, 2):
        seen = model(*view(seed), model.understand(embedded, mask, STEP))
        torch.testing.assert_close(seen.text.skill, alone.skill, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(seen.text.amount, alone.amount, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_the_grounding_depends_on_sentence_view_and_step(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball", "go to the blue box")
    first = model(*view(1), model.understand(embedded[:1], mask[:1], STEP)).meant
    for other in (
        model(*view(1), model.understand(embedded[1:], mask[1:], STEP)).meant,
        model(*view(2), model.understand(embedded[:1], mask[:1], STEP)).meant,
        model(*view(1), model.understand(embedded[:1], mask[:1], STEP + 1)).meant,
    ):
        assert (first - other)[:, :5].abs().max() > 1e-3


@torch.no_grad()
def test_the_order_of_the_things_changes_nothing(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the ball left of the red box")
    things, present, state = view(1)
    order = torch.tensor([3, 0, 4, 1, 2, *range(5, MOST_THINGS)])
    first = model(things, present, state, model.understand(embedded, mask, STEP))
    second = model(things[:, order], present, state, model.understand(embedded, mask, STEP))
    torch.testing.assert_close(first.meant[:, order], second.meant[:, :-1], rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(first.actions, second.actions, rtol=1e-3, atol=1e-3)


@torch.no_grad()
def test_what_is_not_there_is_never_meant(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball")
    things, present, state = view(1, count=2)
    first = model(things, present, state, model.understand(embedded, mask, STEP))
    assert float(first.meant.softmax(-1)[0, 2:-1].sum()) < 1e-6
    things[:, 2:] = 7.0
    second = model(things, present, state, model.understand(embedded, mask, STEP))
    torch.testing.assert_close(first.meant, second.meant, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_padding_changes_nothing(model: FusedLanguageModel) -> None:
    short, short_mask = text(model, "stop")
    padded, padded_mask = text(model, "stop", "go forward two and a half metres and then wait there")
    first = model(*view(1), model.understand(short, short_mask, STEP))
    second = model(*view(1), model.understand(padded[:1], padded_mask[:1], STEP))
    torch.testing.assert_close(first.actions, second.actions, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(first.text.skill, second.text.skill, rtol=1e-3, atol=1e-4)


@torch.no_grad()
def test_the_chosen_thing_decides_the_actions(model: FusedLanguageModel) -> None:
    embedded, mask = text(model, "go to the red ball")
    inputs = view(1)
    actions = [
        model(*inputs, model.understand(embedded, mask, STEP), torch.tensor([i])).actions
        for i in (0, 1, MOST_THINGS)
    ]
    assert (actions[0] - actions[1]).abs().max() > 1e-4
    assert (actions[0] - actions[2]).abs().max() > 1e-4


@torch.no_grad()
def test_merging_the_adapter_changes_no_output() -> None:
    model = made(1)
    embedded, mask = text(model, "turn left")
    before = model(*view(1), model.understand(embedded, mask, STEP))
    model.merge_adapter()
    again, _ = text(model, "turn left")
    after = model(*view(1), model.understand(again, mask, STEP))
    torch.testing.assert_close(again, embedded, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(after.actions, before.actions, rtol=1e-3, atol=1e-3)


def test_only_adapter_eye_and_heads_are_trained(model: FusedLanguageModel) -> None:
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    base = {name for name in trained if name.startswith("language_model.") and "lora_" not in name}
    assert not base
    assert any("lora_" in name for name in trained)


@torch.no_grad()
def test_a_prompt_is_seen_by_all_and_sees_itself_alone() -> None:
    torch.manual_seed(0)
    base = load_base_model(find_base_model())
    tuned = PromptTuned(base, 3).eval()
    inputs = torch.randn(1, 6, int(base.config.hidden_size)) * 0.05
    mask = torch.zeros(1, 1, 6, 6)
    mask[..., 4:] = torch.finfo(torch.float32).min
    first = tuned(inputs, mask).last_hidden_state
    assert first.shape == inputs.shape
    changed = inputs.clone()
    changed[:, 4:] += 1.0
    torch.testing.assert_close(tuned(changed, mask).last_hidden_state[:, :4], first[:, :4])
    tuned.prompt += torch.randn_like(tuned.prompt)
    assert float((tuned(inputs, mask).last_hidden_state - first).abs().amax(dim=-1).min()) > 1e-3
    alone = tuned(inputs[:, :2]).last_hidden_state
    assert alone.shape == (1, 2, inputs.shape[-1])
