"""Second stage: the language model learns to read a sentence, to ground it in what stands around, and to act.

The adapter, projectors, readouts and heads are trained on situations (``situations``): on what the sentence
asks for in each step, on which thing is meant and by which other it is told, and on the expert's actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mm_robot.data.instructions import Instruction
from mm_robot.data.requests import Request
from mm_robot.model.adapters import allocate, penalty
from mm_robot.model.fused_lm import MOST_STEPS, FusedLanguageModel, FusedOutput, TextOutput
from mm_robot.model.heads import WantedOutput
from mm_robot.model.precision import fast_bfloat16
from mm_robot.model.processor import Processor
from mm_robot.training.batches import action_batch, given, text_batch
from mm_robot.training.generalisation import BY_DEFAULT, Generalisation, consistency_loss
from mm_robot.training.losses import action_losses, text_losses
from mm_robot.training.placement import on_device
from mm_robot.training.situations import Situation, SituationSampler
from mm_robot.training.text_cache import TextCache

BUCKET = 64
"""Rows of about the same length that go through the language model together, so that little is padded."""
TEXT_SHARE = 0.8
"""Sentences without a situation for each situation."""
TEXT_NOISE = 0.25
"""Of the size of the words' embeddings: what is added to them, so that words never read before, whose
embeddings lie near those of words that were, are taken alike (Jain et al. 2023, "NEFTune").
"""


class FuseStage:
    """The loss of the second stage."""

    def __init__(
        self,
        model: FusedLanguageModel,
        texts: TextCache,
        processor: Processor,
        requests: Sequence[Request],
        batch: int,
        seed: int,
        generalisation: Generalisation = BY_DEFAULT,
    ) -> None:
        self._model = model
        self._texts = texts
        self._processor = processor
        self._requests = requests
        self._batch = batch
        self._seed = seed
        self._generalisation = generalisation
        self._device = next(model.parameters()).device
        self._bfloat16 = fast_bfloat16(self._device)

    def loss(self, step: int) -> dict[str, Tensor]:
        """The losses of one step."""
        torch.manual_seed(self._seed * 1_000_003 + step)  # dropout, the same after a break
        sampler = SituationSampler(
            self._processor, [self._seed, self._draw(step)], self._requests, self._generalisation.sentences
        )
        rows = sorted(
            (sampler.situation() for _ in range(self._batch)), key=lambda row: len(row.instruction.text)
        )
        sentences = sorted(
            (sampler.text() for _ in range(round(TEXT_SHARE * self._batch))), key=lambda s: len(s.text)
        )
        generator = np.random.default_rng([self._seed, step, 1])
        asked = [int(generator.integers(min(len(s.steps) + 1, MOST_STEPS))) for s in sentences]
        actions = on_device(action_batch(rows), self._device)
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bfloat16):
            outputs = [self._acted(rows[part], actions.meant[part]) for part in _parts(len(rows))]
            read = [self._read(sentences[part], asked[part]) for part in _parts(len(sentences))]
        output = FusedOutput(
            meant=torch.cat([o.meant for o in outputs]),
            reference=torch.cat([o.reference for o in outputs]),
            text=_joined([o.text for o in outputs] + read),
            actions=torch.cat([o.actions for o in outputs]),
            outcome=torch.cat([o.outcome for o in outputs]),
        )
        under_way = [row.step for row in rows]
        read_of = [row.instruction for row in rows] + sentences
        wanted = on_device(text_batch(read_of, under_way + asked), self._device)
        losses = action_losses(output, actions) | text_losses(output.text, wanted)
        if self._generalisation.consistency:
            apart = consistency_loss(
                output.text.wanted, wanted.wanted, given(rows)[0].to(self._device), actions.meant
            )
            losses["consistency"] = self._generalisation.consistency * apart
        ranks = penalty(self._model.language_model)
        return losses if isinstance(ranks, float) else losses | {"penalty": ranks}

    def _draw(self, step: int) -> int:
        """Which situations are learned from: new ones in each step, or those of few steps time and again."""
        most = self._generalisation.demonstrations
        return step % max(1, most // self._batch) if most else step

    def after_step(self, step: int) -> None:
        """Let AdaLoRA move its ranks."""
        allocate(self._model.language_model, step)

    def _acted(self, rows: Sequence[Situation], meant: Tensor) -> FusedOutput:
        things, present, state, step = (t.to(self._device) for t in given(rows))
        text, mask = self._noisy([row.instruction.text for row in rows])
        sentence = self._model.understand(text, mask, step)
        output: FusedOutput = self._model(things, present, state, sentence, meant)
        return output

    def _read(self, sentences: Sequence[Instruction], asked: Sequence[int]) -> TextOutput:
        text, mask = self._noisy([sentence.text for sentence in sentences])
        return self._model.understand(text, mask, torch.tensor(asked, device=self._device)).asked

    def _noisy(self, sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
        text, mask = self._texts(sentences)
        if not self._generalisation.sentences:
            return text, mask
        size = text[mask.bool()].square().mean().sqrt()
        return text + TEXT_NOISE * size * torch.randn_like(text), mask


def _parts(count: int) -> list[slice]:
    return [slice(start, start + BUCKET) for start in range(0, count, BUCKET)]


def _joined(outputs: Sequence[TextOutput]) -> TextOutput:
    def together(items: Sequence[Any]) -> dict[str, Tensor]:
        names = [f.name for f in fields(items[0]) if isinstance(getattr(items[0], f.name), Tensor)]
        return {n: torch.cat([getattr(item, n) for item in items]) for n in names}

    return TextOutput(**together(outputs), wanted=WantedOutput(**together([o.wanted for o in outputs])))
