"""Ways to adapt a pretrained language model, by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import AdaLoraConfig, AdaLoraModel, IA3Config, LoraConfig, get_peft_model
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel
from transformers.utils import logging as transformers_logging

from mm_robot.model.prompt import PromptTuned

ADAPTERS = ("lora", "adalora", "ia3", "prompt", "last_layers", "full", "frozen")
TARGETS = ("query", "key", "value", "dense")
_IA3_TARGETS, _IA3_FEEDFORWARD = ("key", "value", "output.dense"), ("output.dense",)
_ORTHOGONALITY = 0.1
"""How much it counts that AdaLoRA's factors are orthogonal."""


@dataclass(frozen=True)
class Adaptation:
    """``name`` is one of ``ADAPTERS``; ``rank`` is that of LoRA and the one that AdaLoRA comes down to;
    ``layers`` how many of the last layers are trained by ``last_layers``; ``prompt_tokens`` how many vectors
    ``prompt`` has.
    """

    name: str = "lora"
    rank: int = 16
    layers: int = 2
    prompt_tokens: int = 16


def load_base_model(folder: Path) -> PreTrainedModel:
    """The pretrained language model, without dropout; loaded without a word."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    model: PreTrainedModel = AutoModel.from_pretrained(
        folder,
        attn_implementation="eager",  # faster than sdpa on CPUs by a third: the sequences are short
        local_files_only=True,
        add_pooling_layer=False,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return model


def adapted(base: PreTrainedModel, adaptation: Adaptation, steps: int = 1000) -> nn.Module:
    """The model with what is to be trained of it; all else is frozen. ``steps`` is how long it is trained,
    which matters to AdaLoRA alone.

    LoRA (Hu et al. 2021), AdaLoRA (Zhang et al. 2023), IA3 (Liu et al. 2022), prompt tuning
    (Lester et al. 2021).
    """
    name, rank = adaptation.name, adaptation.rank
    if name == "lora":
        return _with(base, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(TARGETS)))
    if name == "adalora":
        start, settled = steps // 10, steps // 3
        return _with(
            base,
            AdaLoraConfig(
                init_r=rank + rank // 2,
                target_r=rank,
                lora_alpha=2 * rank,
                target_modules=list(TARGETS),
                tinit=start,
                tfinal=settled,
                deltaT=max(1, steps // 50),
                total_step=max(steps, start + settled + 2),
            ),
        )
    if name == "ia3":
        return _with(
            base, IA3Config(target_modules=list(_IA3_TARGETS), feedforward_modules=list(_IA3_FEEDFORWARD))
        )
    if name == "prompt":
        return PromptTuned(base, adaptation.prompt_tokens)
    base.requires_grad_(name == "full")
    if name == "last_layers":
        layers = base.get_submodule("encoder.layer")
        assert isinstance(layers, nn.ModuleList)
        layers[-adaptation.layers :].requires_grad_(True)
    return base


def _with(base: PreTrainedModel, config: Any) -> nn.Module:
    return get_peft_model(base, config)


def allocate(model: nn.Module, step: int) -> None:
    """Let AdaLoRA move its ranks; call after each of the optimiser's steps, while there are gradients."""
    tuner = getattr(model, "base_model", None)
    if isinstance(tuner, AdaLoraModel):
        tuner.update_and_allocate(step)


def penalty(model: nn.Module) -> Tensor | float:
    """What is added to the loss: how far AdaLoRA's factors are from orthogonal; nothing for the others."""
    config = getattr(model, "peft_config", {}).get("default")
    if not isinstance(config, AdaLoraConfig):
        return 0.0
    apart = []
    for name, factor in model.named_parameters():
        if "lora_A" in name or "lora_B" in name:
            product = factor @ factor.T if "lora_A" in name else factor.T @ factor
            apart.append((product - torch.eye(len(product), device=product.device)).norm())
    return _ORTHOGONALITY * torch.stack(apart).mean()
