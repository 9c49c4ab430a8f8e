from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mm_robot.data.frames import FrameDataset
from mm_robot.data.generate import generate
from mm_robot.data.instructions import InstructionSampler, package_requests
from mm_robot.errors import ConfigError, InputError
from mm_robot.model.checkpoint import load_model
from mm_robot.model.eye import Eye
from mm_robot.model.heads import WantedOutput
from mm_robot.model.policy import checkpoint_folder
from mm_robot.model.processor import Processor
from mm_robot.model.thing_tokens import PAINT, SHAPE, THING_FEATURES
from mm_robot.sim.scene import COLOURS, EVALUATION_SEEDS, SHAPES
from mm_robot.training.fuse import FuseStage
from mm_robot.training.generalisation import BY_DEFAULT, consistency_loss
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.training.losses import WantedBatch
from mm_robot.training.pretrain import PretrainStage
from mm_robot.training.see import SeeStage
from mm_robot.training.settings import TrainingSettings, load_settings
from mm_robot.training.text_cache import TextCache


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> FrameDataset:
    folder = tmp_path_factory.mktemp("frames")
    list(generate(folder, 24, EVALUATION_SEEDS, workers=1))
    return FrameDataset([folder])


def new_eye() -> Eye:
    torch.manual_seed(0)
    return Eye(Processor(), len(SHAPES), len(COLOURS))


def test_images_are_varied_unless_they_are_not_to_be(frames: FrameDataset) -> None:
    seen: list[torch.Tensor] = []
    eye = new_eye()
    eye.stem.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    SeeStage(eye, frames, 4, seed=1, generalisation=replace(BY_DEFAULT, images=False)).loss(0)
    SeeStage(eye, frames, 4, seed=1).loss(0)
    plain, varied = seen
    chosen = np.random.default_rng([1, 0]).integers(len(frames), size=4)
    np.testing.assert_array_equal(plain.numpy(), np.stack([frames.image(int(f)) for f in chosen]))
    assert (varied - plain).abs().mean() > 2


def test_adversarial_embeddings_are_harder_to_tell(frames: FrameDataset) -> None:
    eye = new_eye().train()
    losses = SeeStage(eye, frames, 8, seed=1, generalisation=replace(BY_DEFAULT, adversarial=0.05)).loss(0)
    moved = losses.pop("adversarial")
    assert moved > torch.stack(list(losses.values())).sum()
    moved.backward()
    assert all(p.grad is not None for p in eye.scene_head.parameters())


def test_sentences_are_plain_where_they_are_not_to_be_varied() -> None:
    plain = InstructionSampler(np.random.default_rng(0), varied=False)
    texts = {plain.stop().text for _ in range(300)}
    dressed = InstructionSampler(np.random.default_rng(0))
    assert len(texts) < len({dressed.stop().text for _ in range(300)}) / 2


def things_of(colours: list[tuple[float, float, float]], shapes: list[int]) -> torch.Tensor:
    things = torch.zeros(len(colours), 2, THING_FEATURES)
    for row, (rgb, shape) in enumerate(zip(colours, shapes, strict=True)):
        things[row, 1, PAINT] = 2 * torch.tensor(rgb) - 1
        things[row, 1, SHAPE][shape] = 1.0
    return things


def told(colours: list[tuple[float, float, float]], shapes: list[int]) -> WantedOutput:
    logits = torch.zeros(len(shapes), 2, 6)
    for row, shape in enumerate(shapes):
        logits[row, 0, shape] = 4.0
    rgb = torch.zeros(len(shapes), 2, 3)
    rgb[:, 0] = torch.tensor(colours)
    return WantedOutput(rgb.requires_grad_(), torch.ones(len(shapes), 2), logits.requires_grad_())


def wanted(colours: list[tuple[float, float, float]], shapes: list[int]) -> WantedBatch:
    said = told(colours, shapes)
    there = torch.tensor([[True, False]] * len(shapes))
    return WantedBatch(there, said.rgb.detach(), there, torch.tensor([[s, 0] for s in shapes]))


RED, BLUE = (0.9, 0.1, 0.1), (0.1, 0.2, 0.9)


def test_what_is_said_is_drawn_to_the_thing_meant_and_away_from_others() -> None:
    colours, shapes = [RED, BLUE, RED], [0, 0, 2]
    things, meant = things_of(colours, shapes), torch.tensor([1, 1, 1])
    right = consistency_loss(told(colours, shapes), wanted(colours, shapes), things, meant)
    mixed = told([BLUE, RED, RED], shapes)
    wrong = consistency_loss(mixed, wanted(colours, shapes), things, meant)
    assert right < 0.2 < 2 < wrong
    wrong.backward()
    assert mixed.rgb.grad is not None and mixed.rgb.grad[0, 0, 0] < 0, "the first is to be told redder"


def test_rooms_without_the_thing_say_nothing_of_consistency() -> None:
    colours, shapes = [RED, BLUE], [0, 1]
    loss = consistency_loss(
        told(colours, shapes), wanted(colours, shapes), things_of(colours, shapes), torch.tensor([2, 2])
    )
    assert float(loss.detach()) == 0.0


def test_few_demonstrations_are_seen_time_and_again() -> None:
    model, tokenizer, processor, _, _ = load_model(checkpoint_folder("embedded"), trainable=True)
    read: list[list[str]] = []

    class Noting(TextCache):
        def __call__(self, texts):  # type: ignore[no-untyped-def]
            read.append(sorted(texts))
            return super().__call__(texts)

    texts = Noting(model, tokenizer, processor.max_text_tokens)
    few = replace(BY_DEFAULT, demonstrations=8, consistency=0.5)
    stage = FuseStage(model, texts, processor, package_requests()[:50], 4, 0, few)
    with torch.no_grad():
        losses = [stage.loss(step) for step in range(3)]
    first, second, third = (read[i : i + 2] for i in (0, 2, 4))
    assert first == third != second
    assert all(torch.isfinite(each["consistency"]) for each in losses)


def test_the_stem_learns_to_draw_what_was_masked(frames: FrameDataset, tmp_path: Path) -> None:
    eye = new_eye()
    before = {n: p.clone() for n, p in eye.stem.state_dict().items()}
    stage = PretrainStage(eye.stem, frames, 8, seed=2)
    seen: list[float] = []

    def loss(step: int) -> dict[str, torch.Tensor]:
        losses = stage.loss(step)
        seen.append(float(losses["drawn"]))
        return losses

    settings = StageSettings(steps=12, batch=8, learning_rate=3e-3, warmup=0)
    run_stage("pretrain", stage.model, dict(stage.model.named_parameters()), settings, loss, tmp_path)
    assert np.mean(seen[-3:]) < 0.8 * np.mean(seen[:3])
    after = eye.stem.state_dict()
    assert not torch.equal(before["fine.0.0.weight"], after["fine.0.0.weight"])


def test_losses_are_weighed_by_name(tmp_path: Path) -> None:
    weight = torch.nn.Linear(1, 1)

    def loss(_: int) -> dict[str, torch.Tensor]:
        return {"pull": weight.weight.sum(), "push": -3 * weight.weight.sum()}

    def run(weights: dict[str, float], name: str) -> float:
        torch.nn.init.zeros_(weight.weight)
        settings = StageSettings(1, 1, 0.1, warmup=0, weight_decay=0.0, weights=weights)
        run_stage("see", weight, dict(weight.named_parameters()), settings, loss, tmp_path / name)
        return float(weight.weight.detach())

    assert run({}, "all") > 0 > run({"push": 0.0}, "one")
    with pytest.raises(InputError, match=r"see.weights: there is no loss pul; there are pull, push"):
        run({"pul": 0.0}, "unknown")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("generalise: {image: false}", "unknown key generalise.image"),
        ("generalise: {adversarial: -1}", "generalise.adversarial must be a number from 0 to 2"),
        ("generalise: 3", "generalise must be keys such as images"),
        ("validate: {every: 0}", "validate.every must be a whole number from 1"),
    ],
)
def test_wrong_keys_are_named(lines: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "train.yaml"
    stage = "{steps: 1, batch: 2, learning_rate: 0.1}"
    path.write_text(f"start: embedded\nout: out\nseed: 0\nthreads: 1\nfuse: {stage}\n{lines}\n")
    with pytest.raises(ConfigError, match=message):
        load_settings(path)


def test_what_is_varied_is_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "train.yaml"
    stage = "{steps: 1, batch: 2, learning_rate: 0.1, optimiser: sgd, weights: {rgb: 0}}"
    path.write_text(
        f"data: [d]\nout: out\nseed: 0\nthreads: 1\nsee: {stage}\npretrain: {stage}\nstart: embedded\n"
        "generalise: {sounds: false, consistency: 0.5}\n"
    )
    settings = load_settings(path)
    assert isinstance(settings, TrainingSettings)
    assert settings.generalise == replace(BY_DEFAULT, sounds=False, consistency=0.5)
    assert settings.see is not None and settings.see.weights == {"rgb": 0.0}
