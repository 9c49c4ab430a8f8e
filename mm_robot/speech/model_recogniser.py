"""Recognises free speech with a model of transformers: Whisper, Moonshine, Wav2Vec2 and others like them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoFeatureExtractor,
    AutoModelForCTC,
    AutoModelForSpeechSeq2Seq,
    AutoTokenizer,
)
from transformers.utils import logging as transformers_logging

from mm_robot.errors import InputError
from mm_robot.speech.base import RATE, Recogniser, Recognition, Utterance

MOST_TOKENS = 64
"""Of a sentence; a model that has lost its way repeats itself without end."""


class ModelRecogniser(Recogniser):
    """Recognises whatever is said, unlike ``CommandRecogniser``, which knows the sentences of a grammar.

    The confidence is the geometric mean of the probabilities of the tokens (of the frames that hold one, with
    CTC), which says how sure the model is of its words, not that they are a command.
    """

    def __init__(self, source: str) -> None:
        """Load a model by folder, or by its name in the hub where it is downloaded or can be.

        Raises:
            InputError: it cannot be found, read, or does not recognise speech at 16 kHz.
        """
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            config = AutoConfig.from_pretrained(source)
            self._writes_letters = type(config) in AutoModelForCTC._model_mapping
            kind: Any = AutoModelForCTC if self._writes_letters else AutoModelForSpeechSeq2Seq
            self._features = AutoFeatureExtractor.from_pretrained(source)
            self._tokenizer = AutoTokenizer.from_pretrained(source)
            self._model = kind.from_pretrained(source).eval().to(self._device)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
            reason = str(error).strip().splitlines()[0]
            hint = "" if Path(source).is_dir() else "; give a folder, or the name of a model that is here"
            raise InputError(
                f"recogniser: {source} is no speech recognition model ({reason}){hint}"
            ) from error
        if self._features.sampling_rate != RATE:
            raise InputError(
                f"recogniser: {source} wants sound at {self._features.sampling_rate} Hz; "
                f"take one for {RATE} Hz"
            )

    @torch.inference_mode()
    def transcribe(self, utterance: Utterance) -> Recognition:
        """Recognise one utterance: words in small letters, commas between clauses."""
        inputs = self._features(utterance.samples, sampling_rate=RATE, return_tensors="pt").to(self._device)
        tokens, confidence = self._letters(inputs) if self._writes_letters else self._written(inputs)
        text = str(self._tokenizer.decode(tokens, skip_special_tokens=True))
        return Recognition(_plain(text), confidence if text.strip() else 0.0)

    def _letters(self, inputs: Any) -> tuple[Tensor, float]:
        """Connectionist temporal classification: the best letter of each frame (Graves et al. 2006)."""
        shares = self._model(**inputs).logits[0].softmax(dim=-1)
        probability, tokens = shares.max(dim=-1)
        written = tokens != self._tokenizer.pad_token_id
        sure = probability[written].log().mean().exp() if written.any() else torch.zeros(())
        return tokens, float(sure)

    def _written(self, inputs: Any) -> tuple[Tensor, float]:
        """Token after token."""
        options: dict[str, Any] = {}
        if getattr(self._model.generation_config, "is_multilingual", False):
            options = {"language": "en", "task": "transcribe"}
        out = self._model.generate(
            **inputs,
            **options,
            max_new_tokens=MOST_TOKENS,
            do_sample=False,
            num_beams=1,
            output_scores=True,
            return_dict_in_generate=True,
        )
        scores = self._model.compute_transition_scores(out.sequences, out.scores, normalize_logits=True)[0]
        return out.sequences[0], float(scores[torch.isfinite(scores)].mean().exp())


def _plain(text: str) -> str:
    """Without the signs that end a sentence, in small letters."""
    return " ".join("".join(" " if sign in '.!?;:"“”' else sign for sign in text).lower().split())
