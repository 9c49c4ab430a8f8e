"""Third stage: the reader of verdicts learns from many sentences what is to be declined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from mm_robot.data.instructions import Instruction, InstructionSampler
from mm_robot.data.requests import Request
from mm_robot.model.precision import fast_bfloat16
from mm_robot.model.processor import Processor
from mm_robot.model.verdict import VERDICTS, VerdictReader
from mm_robot.training.situations import SituationSampler

_MADE = 5000
"""Sentences of all kinds beside the requests, each of which is read as it is and dressed up."""
_TOGETHER = 32
"""Batches that are drawn at once and parted by length, so that little is padded."""
_SMOOTHING = 0.05
"""Of the labels, some of which are wrong (Szegedy et al. 2016)."""


class DeclineStage:
    """The loss of the third stage."""

    def __init__(
        self,
        reader: VerdictReader,
        tokenizer: PreTrainedTokenizerBase,
        processor: Processor,
        requests: Sequence[Request],
        batch: int,
        seed: int,
    ) -> None:
        self._reader = reader
        self._tokenizer = tokenizer
        self._batch = batch
        self._seed = seed
        self._device = next(reader.parameters()).device
        self._bfloat16 = fast_bfloat16(self._device)
        sampler = SituationSampler(processor, [seed, 0], requests)
        sentences = [sampler.text() for _ in range(_MADE)]
        for varied in (False, True):
            drawn = InstructionSampler(np.random.default_rng([seed, 1 + varied]), requests, varied)
            sentences += [drawn.of_request(request) for request in requests]
        self._tokens: list[list[int]] = tokenizer(
            [s.text for s in sentences], truncation=True, max_length=processor.max_text_tokens
        )["input_ids"]
        self._lengths = np.array([len(tokens) for tokens in self._tokens])
        self._verdicts = torch.tensor([_verdict_of(s) for s in sentences])

    def loss(self, step: int) -> dict[str, Tensor]:
        """The loss of one step."""
        rows = self._rows(step)
        torch.manual_seed(self._seed * 1_000_003 + step)  # dropout, the same after a break
        padded = self._tokenizer.pad({"input_ids": [self._tokens[i] for i in rows]}, return_tensors="pt")
        padded = padded.to(self._device)
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bfloat16):
            told = self._reader(padded["input_ids"], padded["attention_mask"])
        wanted = self._verdicts[rows].to(self._device)
        return {"verdict": functional.cross_entropy(told, wanted, label_smoothing=_SMOOTHING)}

    def _rows(self, step: int) -> list[int]:
        """[batch] sentences of about one length."""
        generator = np.random.default_rng([self._seed, 3, step // _TOGETHER])
        drawn = generator.integers(len(self._tokens), size=_TOGETHER * self._batch)
        parts = drawn[np.argsort(self._lengths[drawn], kind="stable")].reshape(_TOGETHER, self._batch)
        rows: list[int] = parts[generator.permutation(_TOGETHER)[step % _TOGETHER]].tolist()
        return rows


def _verdict_of(instruction: Instruction) -> int:
    """The index of what a whole sentence is: that of the step that is declined most."""
    asked = {skill for step in instruction.steps for skill in step.skills}
    return max(index for index, skill in enumerate(VERDICTS) if skill is None or skill in asked)
