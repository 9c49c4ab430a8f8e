"""The fused language model: what is seen, the state and the sentence in one pretrained language model.

``[ skill readout | text | things | state | action readout ]`` goes through the language model with its
adapter; heads read the thing meant, the skill and its arguments, and the actions off its outputs, without
decoding word by word. Each thing that the eye sees or has seen is one token. The text goes through the
frozen model first and enters as contextual embeddings; it attends to nothing but itself, nor does the skill
readout attend to anything but text, so that what is understood of a sentence does not change with the view,
and it is read but once (``understand``). Other ways to bring them together are chosen by name (``fusion``).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, fields
from typing import Any

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
from mm_robot.model.read_words import HasRead, Reading, ReadWords
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
_ACTION = MOST_THINGS + 1
"""After the things and the state."""
_SKILL_PLACE = 3
"""Position of the skill readout, after that of all things, of the state and of the action readout."""


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
class Sentence:
    """What is read of one step of each of B sentences, whatever is seen.

    ``asked`` is what it asks for; ``hidden`` [B, 1 + T, width] the skill readout and the words as the
    language model puts them out, ``mask`` [B, T] which words there are; ``words`` what its layers computed.
    """

    asked: TextOutput
    hidden: Tensor
    mask: Tensor
    words: ReadWords

    def row(self, index: int) -> Sentence:
        """That of one row, B = 1."""
        row: Sentence = _row(self, index)
        return row


def _row(value: Any, index: int) -> Any:
    if isinstance(value, Tensor):
        return value[index : index + 1]
    if isinstance(value, list | tuple):
        return type(value)(_row(item, index) for item in value)
    return type(value)(**{f.name: _row(getattr(value, f.name), index) for f in fields(value)})


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

    def understand(self, text: Tensor, text_mask: Tensor, step: Tensor) -> Sentence:
        """Read a step; text [B, T, width] from ``embed_text``, mask [B, T], ``step`` [B] index.

        The skill readout sees itself and the text, the text only itself.
        """
        batch, length = text_mask.shape
        asking = (self.readouts[1] + self.steps[step]).unsqueeze(1)
        mask = text_mask.bool().new_zeros(batch, 1, length + 1, length + 1)
        mask[:, :, :, 1:] = text_mask.bool()[:, None, None, :]
        mask[:, :, 0, 0] = True
        positions = torch.arange(_SKILL_PLACE, _SKILL_PLACE + 1 + length, device=text.device)
        words = ReadWords()
        hidden = self._through(torch.cat([asking, text], dim=1), mask, positions, Reading(words))
        return Sentence(self._asked(hidden[:, 0]), hidden, text_mask, words)

    def forward(
        self,
        things: Tensor,
        present: Tensor,
        state: Tensor,
        sentence: Sentence,
        choice: Tensor | None = None,
    ) -> FusedOutput:
        """One pass.

        ``things`` [B, MOST_THINGS, THING_FEATURES] and which rows are ``present`` [B, MOST_THINGS]; ``state``
        [B, STATE_SIZE]; ``sentence`` from ``understand``, which need not be read anew for another view.
        ``choice`` [B] is the thing to act on (MOST_THINGS: none), the most probable one where it is left out.
        """
        seen, told, skill = self.project_thing(things), self.project_state(state), sentence.hidden[:, 0]
        if self.fusion is None:
            hidden = self._after_words(seen, present, told, sentence)
            located, action = hidden[:, :MOST_THINGS], hidden[:, _ACTION]
        else:
            located, action = self.fusion(seen, present, told, sentence.hidden[:, 1:], sentence.mask, skill)
        asked = sentence.asked
        meant, reference = self.grounding_head(
            located, things, present, skill, action, asked.wanted, asked.relation
        )
        chosen = meant.argmax(dim=1) if choice is None else choice
        actions, outcome = self.action_head(action, skill, state, target_features(things, chosen))
        return FusedOutput(meant, reference, asked, actions, outcome)

    def _after_words(self, seen: Tensor, present: Tensor, told: Tensor, sentence: Sentence) -> Tensor:
        """[B, MOST_THINGS + 2, width]: things, state and the action readout, which see each other and all
        that was read.
        """
        readout = self.readouts[0].expand(len(seen), 1, -1)
        inputs = torch.cat([seen, told.unsqueeze(1), readout], dim=1)
        always = torch.ones_like(present[:, :1])
        columns = torch.cat([always, sentence.mask.bool(), present, always, always], dim=1)
        mask = columns[:, None, None, :].expand(-1, 1, inputs.shape[1], -1)
        places = torch.arange(1, _SKILL_PLACE, device=inputs.device)
        positions = torch.cat([places.new_zeros(MOST_THINGS), places])
        return self._through(inputs, mask, positions, HasRead(sentence.words))

    def _through(self, inputs: Tensor, mask: Tensor, positions: Tensor, words: Reading) -> Tensor:
        added = torch.where(mask, 0.0, torch.finfo(torch.float32).min)
        hidden: Tensor = self.language_model(
            inputs_embeds=inputs,
            attention_mask=added,
            position_ids=positions.unsqueeze(0),
            past_key_values=words,
        ).last_hidden_state
        return hidden

    def _asked(self, readout: Tensor) -> TextOutput:
        """Told from the skill readout [B, width]."""
        return TextOutput(
            skill=self.skill_head(readout).float(),
            amount=self.amount_head(readout).float(),
            number=self.number_head(readout).float(),
            pace=self.pace_head(readout).float(),
            relation=self.relation_head(readout).float(),
            wanted=self.wanted_head(readout),
        )
