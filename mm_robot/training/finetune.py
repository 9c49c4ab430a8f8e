"""Trains the policy in stages, which do not depend on each other, and saves it as a checkpoint folder."""

from __future__ import annotations

import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from mm_robot.data.frames import FrameDataset
from mm_robot.data.instructions import package_requests
from mm_robot.data.requests import load_requests
from mm_robot.data.words import read_noise
from mm_robot.errors import InputError
from mm_robot.model.adapters import load_base_model
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint, tokenizer_of
from mm_robot.model.encoders import ImageStem
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.fused_policy import FusedPolicy
from mm_robot.model.policy import checkpoint_folder
from mm_robot.model.processor import Processor
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.configuration import SKIP
from mm_robot.training.curve import write_curve
from mm_robot.training.decline import DeclineStage
from mm_robot.training.evaluate import evaluate_episodes, rate_of
from mm_robot.training.fuse import FuseStage
from mm_robot.training.hear import HearStage
from mm_robot.training.loop import StageSettings, is_done, restore, run_stage
from mm_robot.training.placement import chosen_device
from mm_robot.training.pretrain import PretrainStage
from mm_robot.training.rollout import run_episode
from mm_robot.training.see import SeeStage
from mm_robot.training.settings import TrainingSettings
from mm_robot.training.spoken import read_spoken
from mm_robot.training.team import team
from mm_robot.training.text_cache import TextCache
from mm_robot.training.tracking import tracked
from mm_robot.training.validation import Validation, validation_episodes

STAGES = ("see", "fuse", "decline", "hear")


def train(settings: TrainingSettings, stages: tuple[str, ...] = STAGES) -> Path | None:
    """Run those of the stages that are not done yet; returns the checkpoint folder once all are.

    Raises:
        InputError: the data or the base language model is missing or broken, or training diverged.
    """
    with tracked(settings.log_to, settings.out, settings) if team().leads else nullcontext():
        return _train(settings, stages)


def _train(settings: TrainingSettings, stages: tuple[str, ...]) -> Path | None:
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    requests = [*package_requests(), *(r for path in settings.requests for r in load_requests(path))]
    device = chosen_device(settings.device)
    model, tokenizer, processor = _model(settings)
    model.to(device)
    configured = [name for name in STAGES if getattr(settings, name) is not None]
    parameters = {
        "see": {f"eye.{n}": p for n, p in model.eye.named_parameters()},
        "fuse": {n: p for n, p in model.named_parameters() if p.requires_grad and _is_fused(n)},
    }
    if settings.see and "see" in stages and not is_done(settings.out / "see", settings.see):
        frames = FrameDataset(settings.data, settings.broken_files == SKIP)
        for line in frames.skipped if team().leads else ():
            print(f"left out: {line}", file=sys.stderr)
        if settings.pretrain:
            _pretrain(settings, settings.pretrain, model.eye.stem, frames)
        see = SeeStage(model.eye, frames, settings.see.batch, settings.seed, settings.generalise)
        run_stage("see", model, parameters["see"], settings.see, see.loss, settings.out)
    if settings.fuse and "fuse" in stages and not is_done(settings.out / "fuse", settings.fuse):
        validation = _validation(settings, model, processor, parameters["see"])
        texts = TextCache(model, tokenizer, processor.max_text_tokens)
        learned = (requests, settings.fuse.batch, settings.seed, settings.generalise)
        fuse = FuseStage(model, texts, processor, *learned)
        fused = (model, parameters["fuse"], settings.fuse, fuse.loss, settings.out, fuse.after_step)
        run_stage("fuse", *fused, validation)
    if settings.decline:
        reader = model.verdict_reader or model.add_verdict_reader(load_base_model(find_base_model()))
        reader.to(device)
        parameters["decline"] = {f"verdict_reader.{n}": p for n, p in reader.own_parameters().items()}
        if "decline" in stages and not is_done(settings.out / "decline", settings.decline):
            given = (requests, settings.decline.batch, settings.seed)
            decline = DeclineStage(reader, tokenizer, processor, *given)
            run_stage("decline", model, parameters["decline"], settings.decline, decline.loss, settings.out)
    if settings.hear and settings.speech and settings.noise:
        parameters["hear"] = {f"ear.{n}": p for n, p in model.add_ear().to(device).named_parameters()}
        if "hear" in stages and not is_done(settings.out / "hear", settings.hear):
            noise = read_noise(settings.noise)
            sentences = read_spoken(settings.speech)
            heard = (sentences, noise, settings.hear.batch, settings.seed, settings.generalise.sounds)
            hear = HearStage(model, tokenizer, *heard)
            run_stage("hear", model, parameters["hear"], settings.hear, hear.loss, settings.out)
    if team().leads:
        write_curve(settings.out)
    if not all(is_done(settings.out / name, getattr(settings, name)) for name in configured):
        return None
    for name in configured:
        restore(settings.out / name, model, parameters[name])
    folder = settings.out / "policy"
    if team().leads:
        save_checkpoint(folder, model, processor, SHAPES, tuple(COLOURS))
    team().wait()
    return folder


def _pretrain(
    settings: TrainingSettings, pretrain: StageSettings, stem: ImageStem, frames: FrameDataset
) -> None:
    """Let the stem learn from the frames without their labels; nothing is done where it has already."""
    stage = PretrainStage(stem, frames, pretrain.batch, settings.seed)
    trained = dict(stage.model.named_parameters())
    if is_done(settings.out / "pretrain", pretrain):
        restore(settings.out / "pretrain", stage.model, trained)
    else:
        run_stage("pretrain", stage.model, trained, pretrain, stage.loss, settings.out)


def _validation(
    settings: TrainingSettings,
    model: FusedLanguageModel,
    processor: Processor,
    eye: dict[str, nn.Parameter],
) -> Validation | None:
    """What judges the policy while `fuse` is trained: a copy of it, with the eye that `see` trained."""
    if settings.validate is None:
        return None
    if settings.see is not None:
        if not is_done(settings.out / "see", settings.see):
            raise InputError("validate judges a policy that sees; run the stage see first")
        restore(settings.out / "see", model, eye)
    episodes = validation_episodes(settings.validate)

    def judge() -> dict[str, Any]:
        folder = settings.out / "validated"
        save_checkpoint(folder, model, processor, SHAPES, tuple(COLOURS))
        policy = FusedPolicy(*load_model(folder, str(next(model.parameters()).device)))
        shutil.rmtree(folder)
        report = evaluate_episodes(
            episodes, str(settings.out), run=lambda episode: run_episode(policy, episode)
        )
        return rate_of([row["success"] for row in report["rows"]])

    return Validation(settings.validate, judge, settings.out)


def _is_fused(name: str) -> bool:
    return not name.startswith(("eye.", "ear.", "verdict_reader."))


def _model(settings: TrainingSettings) -> tuple[FusedLanguageModel, PreTrainedTokenizerBase, Processor]:
    """A new model, or that of a checkpoint."""
    start = settings.start
    if not start:
        base, processor = find_base_model(), Processor()
        sizes = len(SHAPES), len(COLOURS)
        steps = settings.fuse.steps if settings.fuse else 0
        model = new_model(base, processor, *sizes, settings.adaptation, steps, settings.fusion)
        return model, tokenizer_of(base), processor
    model, tokenizer, processor, shapes, colours = load_model(checkpoint_folder(start), trainable=True)
    if (shapes, colours) != (SHAPES, tuple(COLOURS)):
        raise InputError(
            f"{start} names other shapes or colours than the data; leave out `start` to begin anew"
        )
    return model, tokenizer, processor
