"""A trained classifier on disk: what was trained, and what it tells apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from mm_robot.classification.folders import Array, read_image, read_sound_energies, sound_energies
from mm_robot.classification.model import ClassificationModel, ModelSettings
from mm_robot.errors import CheckpointError
from mm_robot.model.adapters import Adaptation
from mm_robot.model.base import find_base_model
from mm_robot.types import FloatArray

WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"


@dataclass(frozen=True)
class Description:
    """What a classifier takes and tells: ``sounds`` of ``seconds`` s, or images of ``size`` pixels."""

    sounds: bool
    classes: tuple[str, ...]
    size: int
    seconds: float
    adaptation: Adaptation


def save_classifier(model: ClassificationModel, description: Description, folder: Path) -> None:
    """Write all but what was not trained of the language model, which the package has; in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    weights, stored = model.state_dict(), _stored(model)
    halves = {name: w.half() if w.is_floating_point() else w for name, w in weights.items() if name in stored}
    save_file({name: weight.contiguous() for name, weight in halves.items()}, folder / WEIGHTS)
    (folder / DESCRIPTION).write_text(json.dumps(asdict(description), indent=1) + "\n")


class Classifier:
    """Tells the class of images or sounds."""

    def __init__(self, folder: Path) -> None:
        """Load a folder that ``save_classifier`` wrote.

        Raises:
            CheckpointError: a file is missing or altered; the message names it.
        """
        try:
            raw = json.loads((folder / DESCRIPTION).read_text())
            self._description = _described(raw)
            self._model = ClassificationModel(
                find_base_model(),
                len(self._description.classes),
                ModelSettings(self._description.sounds, self._description.adaptation),
            )
            weights = load_file(folder / WEIGHTS)
            missing, unexpected = self._model.load_state_dict(weights, strict=False)
        except (OSError, SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise CheckpointError(
                f"{folder} cannot be read ({reason}); take the folder `model` as training wrote it"
            ) from error
        if unexpected or set(missing) & _stored(self._model):
            raise CheckpointError(f"{folder / WEIGHTS} does not fit this version; train it again")
        self._model.eval()

    @property
    def sounds(self) -> bool:
        """Whether it tells sounds; images otherwise."""
        return self._description.sounds

    @property
    def classes(self) -> tuple[str, ...]:
        """What it tells apart."""
        return self._description.classes

    @property
    def seconds(self) -> float:
        """How much sound it looks at, s."""
        return self._description.seconds

    def tell(self, file: Path) -> dict[str, float]:
        """The probability of each class, the most probable first.

        Raises:
            InputError: the file cannot be read.
        """
        if self.sounds:
            return self._told(read_sound_energies(file, self.seconds))
        return self._told(read_image(file, self._description.size))

    def tell_sound(self, samples: FloatArray) -> dict[str, float]:
        """The same of a sound [N] at 16 kHz, of which the first ``seconds`` count."""
        return self._told(sound_energies(samples, self.seconds))

    @torch.inference_mode()
    def _told(self, stored: Array) -> dict[str, float]:
        shares = self._model(as_inputs(stored).unsqueeze(0))["logits"][0].softmax(dim=0).tolist()
        told = zip(self.classes, shares, strict=True)
        return dict(sorted(told, key=lambda pair: -pair[1]))


def _stored(model: ClassificationModel) -> set[str]:
    """The names of the weights that a checkpoint holds."""
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    return trained | {name for name in model.state_dict() if not name.startswith("language_model.")}


def as_inputs(stored: Array) -> Tensor:
    """An image or a sound as it was read -> as the model takes it, float."""
    inputs = torch.from_numpy(stored)
    return inputs.float() / 255.0 if inputs.dtype == torch.uint8 else inputs.float()


def _described(raw: Mapping[str, object]) -> Description:
    adaptation, classes = raw["adaptation"], raw["classes"]
    if not isinstance(adaptation, dict) or not isinstance(classes, list):
        raise ValueError(f"{DESCRIPTION} holds no adaptation or no classes")
    return Description(
        sounds=bool(raw["sounds"]),
        classes=tuple(str(name) for name in classes),
        size=int(str(raw["size"])),
        seconds=float(str(raw["seconds"])),
        adaptation=Adaptation(**adaptation),
    )
