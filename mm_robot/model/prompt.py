"""Prompt tuning: a frozen language model with trained vectors before its input (Lester et al. 2021)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from mm_robot.model.read_words import HasRead, Reading


class PromptTuned(nn.Module):
    """The model ``base``, frozen, behind ``tokens`` trained vectors that begin as words of its vocabulary."""

    def __init__(self, base: PreTrainedModel, tokens: int) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.config = base.config
        embedding = base.get_input_embeddings()
        assert isinstance(embedding, nn.Embedding)
        chosen = torch.randint(embedding.num_embeddings, (tokens,), device=embedding.weight.device)
        self.prompt = nn.Parameter(embedding.weight.detach()[chosen].clone())

    def forward(
        self,
        inputs_embeds: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Reading | None = None,
    ) -> BaseModelOutput:
        """The outputs at the places of ``inputs_embeds`` [B, L, width], which see each other as before, and
        the prompt; the prompt sees itself alone.

        ``attention_mask`` [B, 1, L, words read before + L], to be added to the attention; ``position_ids``
        [B or 1, L].
        """
        batch, length, _ = inputs_embeds.shape
        count = len(self.prompt)
        if isinstance(past_key_values, HasRead):
            assert attention_mask is not None
            seen: BaseModelOutput = self.base(
                inputs_embeds=inputs_embeds,
                attention_mask=functional.pad(attention_mask, (count, 0)),
                position_ids=position_ids,
                past_key_values=past_key_values,
            )
            return seen
        inputs = torch.cat([self.prompt.expand(batch, -1, -1), inputs_embeds], dim=1)
        if attention_mask is None:
            attention_mask = inputs_embeds.new_zeros(batch, 1, length, length)
        mask = functional.pad(attention_mask, (count, 0, count, 0))
        mask[:, :, :count, count:] = torch.finfo(mask.dtype).min
        if position_ids is None:
            position_ids = torch.arange(length, device=inputs.device).unsqueeze(0)
        hidden: Tensor = self.base(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=functional.pad(position_ids, (count, 0)),
            past_key_values=past_key_values,
        ).last_hidden_state
        return BaseModelOutput(last_hidden_state=cast(torch.FloatTensor, hidden[:, count:]))
