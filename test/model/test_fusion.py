"""The ways to bring together what is seen, the state and the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mm_robot.errors import CheckpointError
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint, tokenizer_of
from mm_robot.model.fused_lm import MOST_THINGS, FusedLanguageModel, FusedOutput
from mm_robot.model.fusion import FUSIONS, TOKENS, late_fusion
from mm_robot.model.processor import STATE_SIZE, Processor
from mm_robot.model.thing_tokens import THING_FEATURES
from mm_robot.sim.scene import COLOURS, SHAPES

SENTENCES = ["go to the red ball", "find the blue box, then turn around and stop"]
STEPS = torch.zeros(2, dtype=torch.long)
PRESENT = torch.arange(MOST_THINGS) < 5


@pytest.fixture(scope="module", params=FUSIONS)
def fusion(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def model(fusion: str) -> FusedLanguageModel:
    torch.manual_seed(0)
    return new_model(find_base_model(), Processor(), len(SHAPES), len(COLOURS), fusion=fusion).eval()


def text(model: FusedLanguageModel, padding: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = tokenizer_of(find_base_model())(SENTENCES, padding=True, return_tensors="pt")
    mask = torch.nn.functional.pad(tokens["attention_mask"], (0, padding))
    return model.embed_text(torch.nn.functional.pad(tokens["input_ids"], (0, padding)), mask), mask


def seen(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    things = torch.randn(1, MOST_THINGS, THING_FEATURES, generator=generator).expand(2, -1, -1)
    return things, PRESENT.expand(2, -1), torch.randn(1, STATE_SIZE, generator=generator).expand(2, -1)


@torch.no_grad()
def passed(model: FusedLanguageModel, view: int = 0, padding: int = 0) -> FusedOutput:
    return model(*seen(view), model.understand(*text(model, padding), STEPS), torch.zeros(2).long())


def test_things_and_actions_depend_on_the_sentence(model: FusedLanguageModel) -> None:
    output = passed(model)
    assert output.actions.shape == (2, 5, 2)
    for told in (output.meant[:, :5], output.actions.flatten(1), output.outcome):
        assert torch.isfinite(told).all()
        assert float((told[0] - told[1]).abs().max()) > 1e-5


def test_things_and_actions_depend_on_what_is_seen(model: FusedLanguageModel) -> None:
    first, second = passed(model, view=0), passed(model, view=1)
    for one, other in ((first.meant[:, :5], second.meant[:, :5]), (first.actions, second.actions)):
        assert float((one - other).abs().max()) > 1e-5


def test_what_is_not_there_counts_for_nothing(model: FusedLanguageModel) -> None:
    things, present, state = seen()
    other = torch.where(present.unsqueeze(-1), things, 7.0)
    rest = (model.understand(*text(model), STEPS), torch.zeros(2).long())
    with torch.no_grad():
        first, second = (model(rows, present, state, *rest) for rows in (things, other))
    torch.testing.assert_close(first.meant[:, :5], second.meant[:, :5], rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(first.actions, second.actions, rtol=1e-3, atol=1e-3)


def test_a_longer_neighbour_in_the_batch_changes_nothing(model: FusedLanguageModel, fusion: str) -> None:
    first, second = passed(model), passed(model, padding=9)
    torch.testing.assert_close(first.text.skill, second.text.skill, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(first.meant, second.meant, rtol=1e-2, atol=1e-2)
    torch.testing.assert_close(first.actions, second.actions, rtol=1e-2, atol=1e-2)


def test_what_a_sentence_means_does_not_change_with_the_view(model: FusedLanguageModel) -> None:
    with torch.no_grad():
        alone = model.understand(*text(model), STEPS).asked.skill
    torch.testing.assert_close(passed(model, view=3).text.skill, alone, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_sentence_that_is_read_once_serves_every_view_and_each_of_its_steps(
    model: FusedLanguageModel,
) -> None:
    embedded, mask = text(model)
    steps = torch.tensor([0, 1])
    read = model.understand(embedded, mask, steps)
    for view in (0, 1, 0):
        things, present, state = (given[:1] for given in seen(view))
        for row in (0, 1):
            part = slice(row, row + 1)
            again = model.understand(embedded[part], mask[part], steps[part])
            expected, output = (model(things, present, state, s) for s in (again, read.row(row)))
            torch.testing.assert_close(output.actions, expected.actions, rtol=1e-4, atol=1e-4)
            torch.testing.assert_close(output.meant[:, :5], expected.meant[:, :5], rtol=1e-3, atol=1e-3)
            torch.testing.assert_close(output.text.wanted.rgb, expected.text.wanted.rgb, rtol=1e-4, atol=1e-4)


def test_it_is_loaded_as_it_was_saved(model: FusedLanguageModel, fusion: str, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, model, Processor(), SHAPES, tuple(COLOURS))
    loaded = load_model(tmp_path)[0]
    assert loaded.fusion_name == fusion
    torch.testing.assert_close(passed(loaded).actions, passed(model).actions, rtol=1e-2, atol=1e-2)
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace(f'"fusion": "{fusion}"', '"fusion": "magic"'))
    with pytest.raises(CheckpointError, match="fusion must be tokens, weighted"):
        load_model(tmp_path)


def test_every_weight_of_a_fusion_learns(model: FusedLanguageModel, fusion: str) -> None:
    output = model(*seen(), model.understand(*text(model), STEPS), torch.zeros(2).long())
    loss = output.meant[:, :5].square().sum() + output.actions.square().sum()
    loss.backward()  # type: ignore[no-untyped-call]
    if fusion == TOKENS:
        assert model.fusion is None
        return
    assert model.fusion is not None
    still = [n for n, p in model.fusion.named_parameters() if p.grad is None or not p.grad.abs().any()]
    assert not still


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'magic'"):
        late_fusion("magic", 8)
