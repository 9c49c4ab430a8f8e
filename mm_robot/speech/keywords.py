"""Tells which command word a second of sound holds, by the model that the package carries or another one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from mm_robot.errors import CheckpointError
from mm_robot.speech.keyword_model import WORDS, KeywordModel
from mm_robot.speech.speech_embedding import FFT, FRAMES_PER_EMBEDDING, HOP, Past
from mm_robot.types import FloatArray

FORMAT = 2
WEIGHTS, CONFIG = "keywords.safetensors", "config.json"
BATCH = 256
STEP = FRAMES_PER_EMBEDDING * HOP
"""Samples between two looks at a stream."""


def keyword_folder(source: str) -> Path:
    """The folder that a model's name stands for; ``embedded`` is the one in the package."""
    return Path(__file__).parent.parent / "assets" / "keywords" if source == "embedded" else Path(source)


def save_keywords(model: KeywordModel, folder: Path) -> None:
    """Write the model."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps({"format": FORMAT, "words": WORDS}, indent=1) + "\n")


class Keywords:
    """A keyword model that is ready to listen."""

    def __init__(self, folder: Path) -> None:
        """Load it.

        Raises:
            CheckpointError: a file is missing, altered or of another kind; the message names it.
        """
        again = "take the folder as `mm_robot train` made it"
        try:
            config = json.loads((folder / CONFIG).read_text())
            weights = load_file(folder / WEIGHTS)
        except (OSError, ValueError, SafetensorError) as error:
            raise CheckpointError(f"{folder} holds no keyword model ({error}); {again}") from error
        if not isinstance(config, dict) or config.get("format") != FORMAT:
            raise CheckpointError(f"{folder / CONFIG} is not of format {FORMAT}; train it again")
        if config.get("words") != list(WORDS):
            raise CheckpointError(f"{folder / CONFIG} names other words than this version knows; {again}")
        self._model = KeywordModel()
        try:
            self._model.load_state_dict(weights)
        except RuntimeError as error:
            raise CheckpointError(f"{folder / WEIGHTS} does not fit this version; {again}") from error
        self._model.eval()

    @torch.inference_mode()
    def probabilities(self, sounds: FloatArray) -> FloatArray:
        """[N, samples] at 16 kHz -> [N, words] float32, in the order of ``WORDS``."""
        batches = torch.from_numpy(np.ascontiguousarray(sounds, np.float32)).split(BATCH)
        found: FloatArray = torch.cat([self._model(batch).softmax(dim=1) for batch in batches]).numpy()
        return found

    def stream(self) -> KeywordStream:
        """What listens on and on."""
        return KeywordStream(self._model)


class KeywordStream:
    """Tells step by step which word the last second of a stream holds; each sound is worked on once."""

    def __init__(self, model: KeywordModel) -> None:
        """``model`` is ready to listen."""
        self._model = model
        self._past = Past()
        self._overlap: FloatArray = np.zeros(FFT - HOP, np.float32)

    @torch.inference_mode()
    def probabilities(self, samples: FloatArray) -> FloatArray:
        """The next [STEP] at 16 kHz -> [words] float32, in the order of ``WORDS``."""
        sound = np.concatenate([self._overlap, samples])
        self._overlap = sound[STEP:]
        spectrogram = self._model.spectrogram(torch.from_numpy(sound)[None])
        found: FloatArray = self._model.follow(spectrogram, self._past)[0].softmax(dim=0).numpy()
        return found
