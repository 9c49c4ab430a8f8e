"""A language model that tells classes: an encoder's tokens and a readout go through it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from mm_robot.classification.augmentation import mixed
from mm_robot.model.adapters import Adaptation, adapted, load_base_model, penalty

CHANNELS = (32, 64, 128, 192)
IMAGE_TOKENS, SOUND_TOKENS = (3, 3), (2, 5)
"""Rows and columns that an image's or a spectrogram's features are averaged to."""
_GROUPS = 8
_SMOOTHING = 0.1
"""Of the labels (Szegedy et al. 2016)."""


@dataclass(frozen=True)
class ModelSettings:
    """``encoder_trained``: the encoder is trained, or stays as it was drawn at random; ``mixup``: how
    strongly examples are mixed, ``adversarial``: how far their tokens are moved to where they are told worst,
    as a share of the tokens' spread; 0 for not at all.
    """

    sounds: bool
    adaptation: Adaptation
    encoder_trained: bool = True
    dropout: float = 0.2
    mixup: float = 0.0
    adversarial: float = 0.0


class Encoder(nn.Module):
    """[B, C, H, W] -> tokens [B, rows * columns, CHANNELS[-1]]: a residual network (He et al. 2016),
    normalised in groups (Wu and He 2018), which does not depend on the size of a batch.
    """

    def __init__(self, channels: int, tokens: tuple[int, int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in zip((channels, *CHANNELS), CHANNELS, strict=False):
            layers += [_convolution(inputs, outputs, stride=2), nn.ReLU(), _Residual(outputs)]
        self.layers = nn.Sequential(*layers)
        self.tokens = tokens

    def forward(self, inputs: Tensor) -> Tensor:
        """See the class."""
        features = self.layers(inputs)
        return functional.adaptive_avg_pool2d(features, self.tokens).flatten(2).transpose(1, 2)


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _convolution(channels, channels), nn.ReLU(), _convolution(channels, channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C, H, W]."""
        return functional.relu(features + self.layers(features))


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False), nn.GroupNorm(_GROUPS, outputs)
    )


class ClassificationModel(nn.Module):
    """Inputs [B, 3, S, S] in [0, 1] (images) or [B, 1, bands, T] (sounds) -> class logits.

    The language model's part comes in through a gate that is closed at first (Alayrac et al. 2022): an
    encoder that knows nothing yet gives it nothing to tell.
    """

    def __init__(self, base: Path, classes: int, settings: ModelSettings, steps: int = 1000) -> None:
        super().__init__()
        language_model = load_base_model(base)
        width = int(language_model.config.hidden_size)
        self._mixup = settings.mixup
        self._adversarial = settings.adversarial
        self.language_model = adapted(language_model, settings.adaptation, steps)
        self.encoder = Encoder(1 if settings.sounds else 3, SOUND_TOKENS if settings.sounds else IMAGE_TOKENS)
        self.encoder.requires_grad_(settings.encoder_trained)
        self.project = nn.Sequential(nn.LayerNorm(CHANNELS[-1]), nn.Linear(CHANNELS[-1], width))
        self.readout = nn.Parameter(torch.randn(1, 1, width) * 0.3)
        self.gate = nn.Parameter(torch.zeros(()))
        self.head = nn.Sequential(nn.Dropout(settings.dropout), nn.Linear(3 * width, classes))

    def forward(self, inputs: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        """``logits`` [B, classes], and the ``loss`` where ``labels`` [B] are given."""
        if labels is None:
            return {"logits": self._logits(self._tokens(inputs))}
        order, share = torch.arange(len(labels), device=labels.device), 1.0
        if self.training and self._mixup > 0:
            inputs, order, share = mixed(inputs, self._mixup)
        tokens = self._tokens(inputs)
        logits = self._logits(tokens)
        loss = _mixed_loss(logits, labels, order, share)
        if self.training and self._adversarial > 0:
            worse = self._logits(tokens + self._step(loss, tokens))
            loss = (loss + _mixed_loss(worse, labels, order, share)) / 2
        return {"loss": loss + penalty(self.language_model), "logits": logits}

    def _step(self, loss: Tensor, tokens: Tensor) -> Tensor:
        """By the sign of the gradient (Goodfellow et al. 2015), on tokens as Miyato et al. 2017 on words."""
        (gradient,) = torch.autograd.grad(loss, tokens, retain_graph=True)
        return self._adversarial * tokens.detach().std() * gradient.sign()

    def _tokens(self, inputs: Tensor) -> Tensor:
        tokens: Tensor = self.project(self.encoder(inputs))
        return tokens

    def _logits(self, tokens: Tensor) -> Tensor:
        readout = self.readout.expand(len(tokens), 1, -1).to(tokens.dtype)
        hidden = self.language_model(inputs_embeds=torch.cat([readout, tokens], dim=1)).last_hidden_state
        told = torch.cat([hidden[:, 0], hidden[:, 1:].mean(dim=1)], dim=-1) * self.gate.tanh()
        pooled = torch.cat([told, tokens.mean(dim=1)], dim=-1)
        logits: Tensor = self.head(pooled).float()
        return logits


def _mixed_loss(logits: Tensor, labels: Tensor, order: Tensor, share: float) -> Tensor:
    """Of examples each of which is ``share`` itself and for the rest another one of the batch."""
    return share * _loss(logits, labels) + (1 - share) * _loss(logits, labels[order])


def _loss(logits: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(logits, labels, label_smoothing=_SMOOTHING)
