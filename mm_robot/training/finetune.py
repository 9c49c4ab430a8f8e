"""Fine-tunes the policy in two stages and saves it as a checkpoint folder."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import PreTrainedTokenizerBase

from mm_robot.data.frames import FrameDataset
from mm_robot.errors import InputError
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint, tokenizer_of
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.policy import checkpoint_folder
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
    model, tokenizer, processor = _model(settings.start)
    texts = TextCache(model, tokenizer, processor.max_text_tokens)

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


def _model(start: str) -> tuple[FusedLanguageModel, PreTrainedTokenizerBase, Processor]:
    """A new model, or that of a checkpoint."""
    if not start:
        base, processor = find_base_model(), Processor()
        return new_model(base, processor, len(SHAPES), len(COLOURS)), tokenizer_of(base), processor
    model, tokenizer, processor, shapes, colours = load_model(checkpoint_folder(start), trainable=True)
    if (shapes, colours) != (SHAPES, tuple(COLOURS)):
        raise InputError(
            f"{start} names other shapes or colours than the data; leave out `start` to begin anew"
        )
    return model, tokenizer, processor
