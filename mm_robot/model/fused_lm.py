"""The fused language model: what is seen, the state and the sentence in one pretrained language model.

``[ things | state | action readout | skill readout | text ]`` goes through the language model with its
adapter; heads read the thing meant, the skill and its arguments, and the actions off its outputs in one
pass, without decoding word by word. Each thing that the eye sees or has seen is one token. The text goes
through the frozen model first and enters as contextual embeddings; it attends to nothing but itself, nor
does the skill readout attend to anything but text, so that what is understood of a sentence does not
change with the view. Other ways to bring them together are chosen by name (``fusion``).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from peft import PeftModel
from torch import Tensor, nn
from transformers import PreTrainedModel

from mm_robot.model.ear import Ear
from mm_robot.model.eye import Eye
from mm_robot.model.fusion import TOKENS, late_fusion
from mm_robot.model.grounding import GroundingHead
from mm_robot.model.heads import ActionHead, WantedHead, WantedOutput, target_features
from mm_robot.model.language_model import LanguageModel
from mm_robot.model.memory import MOST_THINGS
from mm_robot.model.processor import STATE_SIZE, Processor
from mm_robot.model.prompt import PromptTuned
from mm_robot.model.thing_tokens import THING_FEATURES
from mm_robot.model.verdict import VerdictReader
from mm_robot.types import RELATIONS, Outcome, Pace, Skill

SKILLS = tuple(Skill)
END = len(SKILLS)
"""The class that says that a sentence has no such step any more."""
PACES = tuple(Pace)
OUTCOMES = (Outcome.RUNNING, Outcome.DONE, Outcome.ABSENT)
CHUNK = 5
MOST_STEPS = 4
MOST_NUMBERS = 4
_STATE, _ACTION, _SKILL = MOST_THINGS, MOST_THINGS + 1, MOST_THINGS + 2
_TEXT = MOST_THINGS + 3


@dataclass
class TextOutput:
    """What is read of one step from the sentence alone: ``skill`` [B, skills + 1] logits, the last for "no
    such step"; ``amount`` [B, 4]: logit of a turn being to the left, its size in rad where the sentence names
    none, logit of a move being forward, its size in m; ``number`` [B, MOST_NUMBERS + 1] logits of which of
    the sentence's numbers is meant, 0 for none; ``pace`` [B, paces] logits; ``relation`` [B, relations + 1]
    logits of how the thing to go to is told by others, 0 for not at all; ``wanted`` what is said of it and of
    the one that it is told by.
    """

    skill: Tensor
    amount: Tensor
    number: Tensor
    pace: Tensor
    relation: Tensor
    wanted: WantedOutput


@dataclass
class FusedOutput:
    """One pass: ``meant`` and ``reference`` [B, MOST_THINGS + 1] logits, the last for none; ``actions``
    [B, CHUNK, 2] in units of the top speeds; ``outcome`` [B, outcomes] logits.
    """

    meant: Tensor
    reference: Tensor
    text: TextOutput
    actions: Tensor
    outcome: Tensor


class FusedLanguageModel(nn.Module):
    """The language model with its adapter, the eye, projectors and heads; the ear and the reader of verdicts
    where it was trained with them.
    """

    def __init__(
        self,
        language: LanguageModel,
        processor: Processor,
        shapes: int,
        colours: int,
        fusion: str = TOKENS,
    ) -> None:
        super().__init__()
        self.language = language
        self.language_model: PeftModel | PreTrainedModel | PromptTuned = language.model
        self.text_model: PreTrainedModel | None = language.text_model
        width = int(language.model.config.hidden_size)
        self.eye = Eye(processor, shapes, colours)
        self.ear: Ear | None = None
        self.verdict_reader: VerdictReader | None = None
        self.fusion_name = fusion
        self.fusion = late_fusion(fusion, width)
        self.project_thing = nn.Sequential(nn.Linear(THING_FEATURES, 256), nn.GELU(), nn.Linear(256, width))
        self.project_state = nn.Sequential(nn.Linear(STATE_SIZE, 128), nn.GELU(), nn.Linear(128, width))
        self.readouts = nn.Parameter(torch.randn(2, width) * 0.3)
        self.steps = nn.Parameter(torch.randn(MOST_STEPS, width) * 0.3)
        self.skill_head = nn.Linear(width, len(SKILLS) + 1)
        self.amount_head = nn.Sequential(nn.Linear(width, 128), nn.GELU(), nn.Linear(128, 4))
        self.number_head = nn.Linear(width, MOST_NUMBERS + 1)
        self.pace_head = nn.Linear(width, len(PACES))
        self.relation_head = nn.Linear(width, 1 + len(RELATIONS))
        self.wanted_head = WantedHead(width)
        self.grounding_head = GroundingHead(width)
        self.action_head = ActionHead(width, CHUNK, len(OUTCOMES))

    def add_ear(self) -> Ear:
        """Let it hear, too; a new ear is to be trained."""
        if self.ear is None:
            self.ear = Ear(int(self.language_model.config.hidden_size))
        return self.ear

    def add_verdict_reader(self, pretrained: PreTrainedModel) -> VerdictReader:
        """Let it tell of whole sentences whether they are to be carried out; a new reader is to be trained.

        ``pretrained`` is a language model of the reader's own.
        """
        self.verdict_reader = VerdictReader(pretrained)
        return self.verdict_reader

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
        if not isinstance(self.language_model, PeftModel):
            return
        self.text_model = copy.deepcopy(self.language_model).unload()
        self.language_model = self.language_model.merge_and_unload()

    def understand(self, text: Tensor, text_mask: Tensor, step: Tensor) -> TextOutput:
        """What a step asks for; text [B, T, width] from ``embed_text``, mask [B, T], ``step`` [B] index."""
        return self.asked_for(self.read_alone(text, text_mask, step)[:, 0])

    def forward(
        self,
        things: Tensor,
        present: Tensor,
        state: Tensor,
        text: Tensor,
        text_mask: Tensor,
        step: Tensor,
        choice: Tensor | None = None,
        sentence: Tensor | None = None,
    ) -> FusedOutput:
        """One pass.

        ``things`` [B, MOST_THINGS, THING_FEATURES] and which rows are ``present`` [B, MOST_THINGS]; ``state``
        [B, STATE_SIZE]; ``text`` [B, T, width] from ``embed_text`` and its mask [B, T]; ``step`` [B] index.
        ``choice`` [B] is the thing to act on (MOST_THINGS: none), the most probable one where it is left out.
        ``sentence`` is what ``read_alone`` makes of the text, where that is known already.
        """
        seen, told = self.project_thing(things), self.project_state(state)
        if self.fusion is None:
            hidden = self._all_tokens(seen, present, told, text, text_mask, step)
            located, skill, action = hidden[:, :MOST_THINGS], hidden[:, _SKILL], hidden[:, _ACTION]
        else:
            if sentence is None:
                sentence = self.read_alone(text, text_mask, step)
            skill = sentence[:, 0]
            located, action = self.fusion(seen, present, told, sentence[:, 1:], text_mask, skill)
        read = self.asked_for(skill)
        meant, reference = self.grounding_head(
            located, things, present, skill, action, read.wanted, read.relation
        )
        chosen = meant.argmax(dim=1) if choice is None else choice
        actions, outcome = self.action_head(action, skill, state, target_features(things, chosen))
        return FusedOutput(meant, reference, read, actions, outcome)

    def read_alone(self, text: Tensor, text_mask: Tensor, step: Tensor) -> Tensor:
        """[B, 1 + T, width]: the skill readout and the words, read without what is seen; see ``understand``.

        With every fusion but ``tokens`` this is all that the language model does in a pass.
        """
        asking = (self.readouts[1] + self.steps[step]).unsqueeze(1)
        inputs = torch.cat([asking, text], dim=1)
        positions = torch.arange(3, 4 + text_mask.shape[1], device=text.device)
        return self._through(inputs, self._text_mask(text_mask), positions)

    def _all_tokens(
        self, seen: Tensor, present: Tensor, told: Tensor, text: Tensor, text_mask: Tensor, step: Tensor
    ) -> Tensor:
        """[B, all tokens, width]: things, state, the two readouts and the words."""
        batch, length = text_mask.shape
        asking = (self.readouts[1] + self.steps[step]).unsqueeze(1)
        readout = self.readouts[0].expand(batch, 1, -1)
        inputs = torch.cat([seen, told.unsqueeze(1), readout, asking, text], dim=1)
        mask = torch.zeros(batch, 1, _TEXT + length, _TEXT + length, dtype=torch.bool, device=inputs.device)
        mask[:, :, :_SKILL, :MOST_THINGS] = present[:, None, None, :]
        mask[:, :, :_SKILL, MOST_THINGS:_TEXT] = True
        mask[:, :, :_SKILL, _TEXT:] = text_mask.bool()[:, None, None, :]
        mask[:, :, _SKILL:, _SKILL:] = self._text_mask(text_mask)
        places = torch.arange(1, 4 + length, device=inputs.device)
        positions = torch.cat([places.new_zeros(MOST_THINGS), places])
        return self._through(inputs, mask, positions)

    def _through(self, inputs: Tensor, mask: Tensor, positions: Tensor) -> Tensor:
        added = torch.where(mask, 0.0, torch.finfo(torch.float32).min)
        hidden: Tensor = self.language_model(
            inputs_embeds=inputs, attention_mask=added, position_ids=positions.unsqueeze(0)
        ).last_hidden_state
        return hidden

    def asked_for(self, readout: Tensor) -> TextOutput:
        """What is asked for, told from the skill readout [B, width]."""
        return TextOutput(
            skill=self.skill_head(readout).float(),
            amount=self.amount_head(readout).float(),
            number=self.number_head(readout).float(),
            pace=self.pace_head(readout).float(),
            relation=self.relation_head(readout).float(),
            wanted=self.wanted_head(readout),
        )

    @staticmethod
    def _text_mask(text_mask: Tensor) -> Tensor:
        """[B, 1, 1+T, 1+T]: the skill readout sees itself and the text, the text only itself."""
        batch, length = text_mask.shape
        valid = text_mask.bool()
        mask = valid.new_zeros(batch, 1, length + 1, length + 1)
        mask[:, :, :, 1:] = valid[:, None, None, :]
        mask[:, :, 0, 0] = True
        return mask
