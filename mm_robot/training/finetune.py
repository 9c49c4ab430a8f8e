"""Fine-tunes the policy in two stages and saves it as a checkpoint folder."""

from __future__ import annotations

from pathlib import Path

import torch

from mm_robot.data.frames import FrameDataset
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import new_model, save_checkpoint, tokenizer_of
from mm_robot.model.processor import Processor
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.align import AlignStage
from mm_robot.training.fuse import FuseStage, stem_features
from mm_robot.training.loop import run_stage
from mm_robot.training.settings import TrainingSettings
from mm_robot.training.text_cache import TextCache


def train(settings: TrainingSettings, stage: str = "all") -> Path | None:
    """Run the stages that are not done yet; returns the checkpoint folder after the last one.

    Raises:
        InputError: the data or the base language model is missing or broken, or training diverged.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    dataset = FrameDataset(settings.data)
    processor = Processor()
    base = find_base_model()
    model = new_model(base, processor, len(SHAPES), len(COLOURS))
    texts = TextCache(model, tokenizer_of(base), processor.max_text_tokens)

    align = AlignStage(model, texts, dataset, settings.align.batch, settings.seed)
    run_stage("align", model, align.parameters(), settings.align, align.loss, settings.out)
    if stage == "align":
        return None
    features = stem_features(model, dataset)
    fuse = FuseStage(model, texts, dataset, features, processor, settings.fuse.batch, settings.seed)
    run_stage("fuse", model, fuse.parameters(), settings.fuse, fuse.loss, settings.out)
    folder = settings.out / "policy"
    save_checkpoint(folder, model, processor, SHAPES, tuple(COLOURS))
    return folder
