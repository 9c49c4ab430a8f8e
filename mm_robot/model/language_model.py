"""The language model of a policy: made anew, saved and loaded, whichever way it is adapted."""

from __future__ import annotations

import copy
import shutil
from dataclasses import dataclass
from pathlib import Path

from peft import PeftModel
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedModel

from mm_robot.errors import CheckpointError
from mm_robot.model.adapters import Adaptation, adapted, load_base_model
from mm_robot.model.base import BASE_MODEL
from mm_robot.model.prompt import PromptTuned

ADAPTER, TRAINED = "adapter", "language_model.safetensors"
"""What an adapter of peft is saved as, and what is saved of a model some of whose own weights are trained."""


@dataclass
class LanguageModel:
    """``model`` with what adapts it; ``text_model`` is the pretrained one, for the text, where the adapter
    cannot be switched off.
    """

    model: PeftModel | PreTrainedModel | PromptTuned
    adaptation: Adaptation
    text_model: PreTrainedModel | None = None


def new_language_model(base: Path, adaptation: Adaptation, steps: int = 1000) -> LanguageModel:
    """One to be trained for ``steps`` steps, on the pretrained model in ``base``."""
    pretrained = load_base_model(base)
    text_model = copy.deepcopy(pretrained).requires_grad_(False)
    model = adapted(pretrained, adaptation, steps)
    if isinstance(model, PeftModel):
        return LanguageModel(model, adaptation)
    assert isinstance(model, PreTrainedModel | PromptTuned)
    return LanguageModel(model, adaptation, text_model)


def save_language_model(language: LanguageModel, folder: Path) -> None:
    """Write what was trained of it, in half precision."""
    model = language.model
    (folder / TRAINED).unlink(missing_ok=True)
    shutil.rmtree(folder / ADAPTER, ignore_errors=True)
    if not isinstance(model, PeftModel):
        save_file(
            halved({n: p.detach() for n, p in model.named_parameters() if p.requires_grad}), folder / TRAINED
        )
        return
    for adapter in model.peft_config.values():
        adapter.base_model_name_or_path = BASE_MODEL  # not the folder where this machine found it
    model.save_pretrained(str(folder / ADAPTER), save_embedding_layers=False)
    (folder / ADAPTER / "README.md").unlink(missing_ok=True)
    weights = folder / ADAPTER / "adapter_model.safetensors"
    save_file(halved(load_file(weights)), weights)


def load_language_model(folder: Path, base: Path, adaptation: Adaptation, trainable: bool) -> LanguageModel:
    """What ``save_language_model`` wrote.

    Raises:
        CheckpointError: a file is missing, or is of another model.
    """
    if (folder / TRAINED).is_file():
        language = new_language_model(base, adaptation)
        missing, unexpected = language.model.load_state_dict(load_file(folder / TRAINED), strict=False)
        trained = {n for n, p in language.model.named_parameters() if p.requires_grad}
        if unexpected or trained & set(missing):
            raise CheckpointError(f"{folder / TRAINED} does not fit this version; train it again")
        language.model.requires_grad_(False)
        for name, parameter in language.model.named_parameters():
            parameter.requires_grad_(trainable and name in trained)
        return language
    if not (folder / ADAPTER / "adapter_model.safetensors").is_file():
        raise CheckpointError(
            f"{folder / ADAPTER} holds no adapter_model.safetensors; "
            "take the checkpoint folder as it was saved"
        )
    model = PeftModel.from_pretrained(load_base_model(base), str(folder / ADAPTER), is_trainable=trainable)
    return LanguageModel(model, adaptation)


def halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """In half precision, which loses nothing that matters: the weights lie far within its range."""
    return {n: (t.half() if t.is_floating_point() else t).contiguous() for n, t in tensors.items()}
