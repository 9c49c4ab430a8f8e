"""Tells from the words of a sentence whether it is to be carried out at all."""

from __future__ import annotations

from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from transformers import PreTrainedModel

from mm_robot.model.adapters import TARGETS
from mm_robot.types import Skill

VERDICTS = (None, Skill.UNABLE, Skill.REFUSE)
"""What a sentence as a whole may be: something to do, or a reason to decline it."""
_RANK = 16
_LORA_DROPOUT, _HEAD_DROPOUT = 0.1, 0.3


class VerdictReader(nn.Module):
    """The pretrained language model with a LoRA (Hu et al. 2021) of its own, and a head on the mean of the
    words' embeddings.

    The language model was pretrained so that this mean is near for sentences that mean alike (Reimers and
    Gurevych 2019), which is where it begins. It shares nothing with the policy: what is declined changes
    nothing of how the rest is carried out.
    """

    def __init__(self, pretrained: PreTrainedModel) -> None:
        super().__init__()
        width = int(pretrained.config.hidden_size)
        config = LoraConfig(
            r=_RANK, lora_alpha=2 * _RANK, lora_dropout=_LORA_DROPOUT, target_modules=list(TARGETS)
        )
        self.language_model = get_peft_model(pretrained, config)
        self.head = nn.Sequential(
            nn.Linear(width, 256), nn.GELU(), nn.Dropout(_HEAD_DROPOUT), nn.Linear(256, len(VERDICTS))
        )

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids and mask [B, T] -> logits [B, verdicts]."""
        words = self.language_model(input_ids=token_ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(words.dtype)
        mean = nn.functional.normalize((words * weights).sum(dim=1), dim=1) * words.shape[-1] ** 0.5
        logits: Tensor = self.head(mean).float()
        return logits

    def own_parameters(self) -> dict[str, nn.Parameter]:
        """What is trained, and saved: all but the pretrained weights."""
        return {n: p for n, p in self.named_parameters() if n.startswith("head.") or ".lora_" in n}

    def load_own(self, tensors: dict[str, Tensor]) -> None:
        """Put back what ``own_parameters`` named.

        Raises:
            RuntimeError: they are of another model.
        """
        if set(tensors) != set(self.own_parameters()):
            raise RuntimeError("it holds the weights of another reader")
        self.load_state_dict(tensors, strict=False)
