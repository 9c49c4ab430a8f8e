"""Self-supervised pre-training of a classifier's encoder, which fills in what was masked."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from mm_robot.classification.checkpoint import as_inputs
from mm_robot.classification.folders import Examples
from mm_robot.classification.model import CHANNELS, Encoder
from mm_robot.training.loop import diverged
from mm_robot.training.reconstruction import Reconstruction

PRETRAINED = "pretrained.safetensors"
PATCH = 2 ** len(CHANNELS)
"""Side of the square that one feature of the encoder stands for."""
_WEIGHT_DECAY = 0.05


def pretrain(
    encoder: Encoder, examples: Examples, epochs: int, batch: int, learning_rate: float, out: Path
) -> list[float]:
    """Train the encoder on examples, whose classes it is not told; the error of each epoch.

    What an earlier call with the same folder ``out`` left is loaded instead.

    Raises:
        InputError: the loss is not finite any more.
    """
    path = out / PRETRAINED
    if path.is_file():
        encoder.load_state_dict(load_file(path))
        return []
    channels = as_inputs(examples.inputs[0]).shape[0]
    model = Reconstruction(encoder.layers, CHANNELS[-1], PATCH, channels)
    optimiser = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=_WEIGHT_DECAY)
    errors = []
    for epoch in tqdm(range(epochs), desc="pretrain", unit="epoch"):
        order = torch.randperm(len(examples)).tolist()
        losses = []
        for first in range(0, len(order), batch):
            inputs = torch.stack([as_inputs(examples.inputs[i]) for i in order[first : first + batch]])
            loss = model(inputs)
            if not math.isfinite(float(loss)):
                raise diverged("pretrain: ", epoch, path)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            losses.append(float(loss))
        errors.append(sum(losses) / len(losses))
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: weight.contiguous() for name, weight in encoder.state_dict().items()}, path)
    return errors
