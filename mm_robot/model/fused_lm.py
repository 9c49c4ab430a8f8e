"""The fused language model: text, image and state tokens in one pretrained language model.

``[ image tokens | state | action readout | skill readout | text ]`` goes through the language
model with its adapter; heads read scene labels, grounding, skill and actions off its outputs in
one pass, without decoding word by word. The text goes through the frozen model first and enters
as contextual embeddings; it attends to nothing but itself, nor does the skill readout attend to
anything but text, so that what is understood of a sentence does not change with the view.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel

from mm_robot.model.encoders import IMAGE_TOKENS, ImageProjector, ImageStem
from mm_robot.model.heads import ActionHead, SceneHead, SceneOutput, target_features
from mm_robot.model.processor import STATE_SIZE, Processor
from mm_robot.types import Outcome, Skill

SKILLS = tuple(Skill)
OUTCOMES = (Outcome.RUNNING, Outcome.DONE, Outcome.ABSENT)
CHUNK = 5
_STATE, _ACTION, _SKILL = IMAGE_TOKENS, IMAGE_TOKENS + 1, IMAGE_TOKENS + 2
_TEXT = IMAGE_TOKENS + 3


@dataclass(frozen=True)
class AdapterSettings:
    """Low-rank adaptation of the language model (LoRA, Hu et al. 2021)."""

    rank: int = 16
    alpha: int = 32
    target_modules: tuple[str, ...] = ("query", "key", "value", "dense")


@dataclass
class TextOutput:
    """What is read from the sentence alone: ``skill`` [B, skills] logits; ``amount`` [B, 4]: logit of
    a turn being to the left, its size in rad where the sentence names none, logit of a move being
    forward, its size in m; ``readout`` [B, width].
    """

    skill: Tensor
    amount: Tensor
    readout: Tensor


@dataclass
class FusedOutput:
    """One pass: ``actions`` [B, CHUNK, 2] in units of the top speeds, ``outcome`` [B, outcomes] logits."""

    scene: SceneOutput
    text: TextOutput
    actions: Tensor
    outcome: Tensor


class FusedLanguageModel(nn.Module):
    """The language model with its adapter, the image stem, projectors and heads."""

    def __init__(self, language_model: PeftModel, processor: Processor, shapes: int, colours: int) -> None:
        super().__init__()
        self.language_model: PeftModel | PreTrainedModel = language_model
        self.text_model: PreTrainedModel | None = None
        width = int(language_model.config.hidden_size)
        self.stem = ImageStem(processor.mean, processor.deviation)
        self.project_image = ImageProjector(width)
        self.project_state = nn.Sequential(nn.Linear(STATE_SIZE, 128), nn.GELU(), nn.Linear(128, width))
        self.readouts = nn.Parameter(torch.randn(2, width) * 0.3)
        self.scene_head = SceneHead(width, shapes, colours)
        self.skill_head = nn.Linear(width, len(SKILLS))
        self.amount_head = nn.Sequential(nn.Linear(width, 128), nn.GELU(), nn.Linear(128, 4))
        self.action_head = ActionHead(width, CHUNK, len(OUTCOMES))

    @torch.no_grad()
    def embed_text(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids and mask [B, T] -> contextual embeddings [B, T, width] of the frozen model."""
        if self.text_model is not None:
            embedded: Tensor = self.text_model(input_ids=token_ids, attention_mask=mask).last_hidden_state
            return embedded
        assert isinstance(self.language_model, PeftModel)
        with self.language_model.disable_adapter():
            embedded = self.language_model(input_ids=token_ids, attention_mask=mask).last_hidden_state
        return embedded

    def merge_adapter(self) -> None:
        """Fold the adapter into the weights, for speed; the model can be trained no more.

        The language model without its adapter is kept beside it, for the text.
        """
        assert isinstance(self.language_model, PeftModel)
        self.text_model = copy.deepcopy(self.language_model).unload()
        self.language_model = self.language_model.merge_and_unload()

    def understand(self, text: Tensor, text_mask: Tensor) -> TextOutput:
        """What the sentence asks for; text [B, T, width] from ``embed_text``, mask [B, T]."""
        batch, length = text_mask.shape
        inputs = torch.cat([self.readouts[1].expand(batch, 1, -1), text], dim=1)
        mask = self._text_mask(text_mask)
        positions = torch.arange(_SKILL, _TEXT + length, device=text.device)
        hidden = self._through(inputs, mask, positions)
        return self._read_text(hidden[:, 0])

    def forward(self, grid: Tensor, state: Tensor, text: Tensor, text_mask: Tensor) -> FusedOutput:
        """One pass.

        ``grid`` from the stem; ``state`` [B, STATE_SIZE]; ``text`` [B, T, width] from
        ``embed_text`` and its mask [B, T].
        """
        batch, length = text_mask.shape
        inputs = torch.cat(
            [
                self.project_image(grid),
                self.project_state(state).unsqueeze(1),
                self.readouts.expand(batch, 2, -1),
                text,
            ],
            dim=1,
        )
        mask = inputs.new_zeros(batch, 1, _TEXT + length, _TEXT + length, dtype=torch.bool)
        mask[:, :, :_SKILL, :_TEXT] = True
        mask[:, :, :_SKILL, _TEXT:] = text_mask.bool()[:, None, None, :]
        mask[:, :, _SKILL:, _SKILL:] = self._text_mask(text_mask)
        positions = torch.arange(_TEXT + length, device=grid.device)
        hidden = self._through(inputs, mask, positions)
        scene = self.scene_head(hidden[:, :IMAGE_TOKENS], grid)
        target = target_features(scene, self.scene_head.centres)
        read = self._read_text(hidden[:, _SKILL])
        actions, outcome = self.action_head(hidden[:, _ACTION], hidden[:, _SKILL], state, target)
        return FusedOutput(scene, read, actions, outcome)

    def _through(self, inputs: Tensor, mask: Tensor, positions: Tensor) -> Tensor:
        hidden: Tensor = self.language_model(
            inputs_embeds=inputs, attention_mask=mask, position_ids=positions.unsqueeze(0)
        ).last_hidden_state
        return hidden

    def _read_text(self, readout: Tensor) -> TextOutput:
        return TextOutput(self.skill_head(readout).float(), self.amount_head(readout).float(), readout)

    @staticmethod
    def _text_mask(text_mask: Tensor) -> Tensor:
        """[B, 1, 1+T, 1+T]: the skill readout sees itself and the text, the text only itself."""
        batch, length = text_mask.shape
        valid = text_mask.bool()
        mask = valid.new_zeros(batch, 1, length + 1, length + 1)
        mask[:, :, :, 1:] = valid[:, None, None, :]
        mask[:, :, 0, 0] = True
        return mask


def load_language_model(folder: Path, adapter: AdapterSettings | Path, trainable: bool = False) -> PeftModel:
    """The base model with a new adapter (settings) or a trained one (its folder), to be trained on or not."""
    base = AutoModel.from_pretrained(
        folder,
        attn_implementation="sdpa",
        local_files_only=True,
        add_pooling_layer=False,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    if isinstance(adapter, Path):
        return PeftModel.from_pretrained(base, str(adapter), is_trainable=trainable)
    settings = LoraConfig(
        r=adapter.rank, lora_alpha=adapter.alpha, target_modules=list(adapter.target_modules)
    )
    model = get_peft_model(base, settings)
    assert isinstance(model, PeftModel)
    return model
