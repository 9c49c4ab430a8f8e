"""Saves and loads a checkpoint folder: adapter, encoders and heads, processor, labels, model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from mm_robot.errors import CheckpointError
from mm_robot.model.adapters import Adaptation, load_base_model
from mm_robot.model.base import BASE_MODEL, BASE_SHA256, find_base_model
from mm_robot.model.ear import EAR_FILE
from mm_robot.model.fused_lm import CHUNK, FusedLanguageModel
from mm_robot.model.fused_policy import FusedPolicy
from mm_robot.model.fusion import TOKENS
from mm_robot.model.language_model import (
    halved,
    load_language_model,
    new_language_model,
    save_language_model,
)
from mm_robot.model.processor import Processor

FORMAT = 1
_LANGUAGE_MODELS, _APART = ("language_model.", "text_model."), ("ear.", "verdict_reader.")
_VERDICT_FILE = "verdict.safetensors"
"""Checkpoints that were not taught what to decline have none."""


def new_model(
    base: Path,
    processor: Processor,
    shapes: int,
    colours: int,
    adaptation: Adaptation | None = None,
    steps: int = 1000,
    fusion: str = TOKENS,
) -> FusedLanguageModel:
    """A model that is to be trained for ``steps`` steps, on the base language model in ``base``; by LoRA
    where no other ``adaptation`` is named.
    """
    language = new_language_model(base, adaptation or Adaptation(), steps)
    return FusedLanguageModel(language, processor, shapes, colours, fusion)


def tokenizer_of(base: Path) -> PreTrainedTokenizerBase:
    """The base model's tokenizer."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base, local_files_only=True)
    return tokenizer


def save_checkpoint(
    folder: Path,
    model: FusedLanguageModel,
    processor: Processor,
    shapes: tuple[str, ...],
    colours: tuple[str, ...],
) -> None:
    """Write everything but the base language model, which is named by its hash; in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    save_language_model(model.language, folder)
    own = {n: t for n, t in model.state_dict().items() if not n.startswith((*_LANGUAGE_MODELS, *_APART))}
    save_file(halved(own), folder / "encoders.safetensors")
    for name in (EAR_FILE, _VERDICT_FILE):
        (folder / name).unlink(missing_ok=True)
    if model.verdict_reader is not None:
        read = {n: p.detach() for n, p in model.verdict_reader.own_parameters().items()}
        save_file(halved(read), folder / _VERDICT_FILE)
    if model.ear is not None:
        save_file(halved(model.ear.state_dict()), folder / EAR_FILE)
    processor.save(folder / "processor.json")
    (folder / "labels.json").write_text(json.dumps({"shapes": shapes, "colours": colours}, indent=1) + "\n")
    config = {
        "format": FORMAT,
        "base_model": BASE_MODEL,
        "base_sha256": BASE_SHA256,
        "action_chunk": CHUNK,
        "adaptation": asdict(model.language.adaptation),
        "fusion": model.fusion_name,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def load_model(
    folder: Path, device: str = "cpu", trainable: bool = False
) -> tuple[FusedLanguageModel, PreTrainedTokenizerBase, Processor, tuple[str, ...], tuple[str, ...]]:
    """The model of a checkpoint folder with its tokenizer, processor, shape and colour names.

    ``trainable`` lets its adapter be trained on.

    Raises:
        CheckpointError: a file is missing, altered or of another kind; the message names it.
    """
    if not folder.is_dir():
        raise CheckpointError(
            f"{folder} is not a checkpoint folder; name one by the parameter `policy`, or use `embedded`"
        )
    config = _json(folder / "config.json")
    if config.get("format") != FORMAT:
        raise CheckpointError(
            f"{folder / 'config.json'} has format {config.get('format')!r}, "
            f"this version reads {FORMAT}; train it again"
        )
    if config.get("base_sha256") != BASE_SHA256:
        raise CheckpointError(
            f"{folder} was trained on {config.get('base_model')!r}, this version carries {BASE_MODEL}"
        )
    shapes, colours = (_names(folder / "labels.json", key) for key in ("shapes", "colours"))
    processor = Processor.load(folder / "processor.json")
    base = find_base_model()
    try:
        language = load_language_model(folder, base, _adaptation(config), trainable)
        fusion = str(config.get("fusion", TOKENS))
        model = FusedLanguageModel(language, processor, len(shapes), len(colours), fusion)
        missing, unexpected = model.load_state_dict(load_file(folder / "encoders.safetensors"), strict=False)
        if (folder / _VERDICT_FILE).is_file():
            reader = model.add_verdict_reader(load_base_model(base))
            reader.load_own(load_file(folder / _VERDICT_FILE))
        if (folder / EAR_FILE).is_file():
            model.add_ear().load_state_dict(load_file(folder / EAR_FILE))
    except (OSError, SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(
            f"{folder} cannot be read ({reason}); take the checkpoint folder as it was saved"
        ) from error
    wrong = [n for n in missing if not n.startswith(_LANGUAGE_MODELS)] + list(unexpected)
    if wrong:
        raise CheckpointError(
            f"{folder / 'encoders.safetensors'} does not fit this version ({wrong[0]}); train it again"
        )
    model.eval().to(device)
    return model, tokenizer_of(base), processor, shapes, colours


def load_checkpoint(folder: Path, threads: int = 1, device: str = "cpu") -> FusedPolicy:
    """The policy of a checkpoint folder.

    Raises:
        CheckpointError: see ``load_model``.
    """
    torch.set_num_threads(threads)
    return FusedPolicy(*load_model(folder, device))


def _adaptation(config: Mapping[str, object]) -> Adaptation:
    """How the language model was adapted; by LoRA where an older checkpoint does not say."""
    stored = config.get("adaptation", {})
    if not isinstance(stored, dict):
        raise ValueError("adaptation in config.json is no object")
    return Adaptation(**stored)


def _names(path: Path, key: str) -> tuple[str, ...]:
    names = _json(path).get(key)
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise CheckpointError(
            f"{path}: {key} must be a list of names; take the checkpoint folder as it was saved"
        )
    return tuple(names)


def _json(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"{path} cannot be read ({error}); take the checkpoint folder as it was saved"
        ) from error
    if not isinstance(data, dict):
        raise CheckpointError(f"{path} does not hold a JSON object")
    return data
