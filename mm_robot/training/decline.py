"""Third stage: the verdict head learns alone, from many sentences, what is to be declined.

It sees nothing but the gist of a sentence, which is computed once; so it can read all sentences many times.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mm_robot.data.instructions import Instruction, InstructionSampler
from mm_robot.data.requests import Request
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.heads import gist_of
from mm_robot.model.processor import Processor
from mm_robot.training.batches import verdict_of
from mm_robot.training.situations import SituationSampler
from mm_robot.training.text_cache import TextCache

_MADE = 5000
"""Sentences of all kinds beside the requests, each of which is read as it is and dressed up."""
_TOGETHER = 64


class DeclineStage:
    """The loss of the third stage."""

    def __init__(
        self,
        model: FusedLanguageModel,
        texts: TextCache,
        processor: Processor,
        requests: Sequence[Request],
        batch: int,
        seed: int,
    ) -> None:
        self._head = model.verdict_head
        self._batch = batch
        self._seed = seed
        sampler = SituationSampler(processor, [seed, 0], requests)
        sentences = [sampler.text() for _ in range(_MADE)]
        for varied in (False, True):
            drawn = InstructionSampler(np.random.default_rng([seed, 1 + varied]), requests, varied)
            sentences += [drawn.of_request(request) for request in requests]
        self._gists = _gists(texts, sentences)
        self._verdicts = torch.tensor([verdict_of(s) for s in sentences], device=self._gists.device)

    def loss(self, step: int) -> dict[str, Tensor]:
        """The loss of one step."""
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        rows = torch.randint(len(self._gists), (self._batch,), generator=generator).to(self._gists.device)
        torch.manual_seed(self._seed * 1_000_003 + step)
        told = self._head.of_gist(self._gists[rows])
        return {"verdict": functional.cross_entropy(told, self._verdicts[rows])}


def _gists(texts: TextCache, sentences: Sequence[Instruction]) -> Tensor:
    """[N, width], computed in the order of the sentences' lengths, so that little is padded."""
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i].text))
    parts = [order[i : i + _TOGETHER] for i in range(0, len(order), _TOGETHER)]
    gists = torch.cat([gist_of(*texts([sentences[i].text for i in part])) for part in parts])
    return gists[torch.tensor(order, device=gists.device).argsort()]
