"""What a training configuration may hold; unknown keys and wrong values are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mm_robot.classification.settings import ClassificationSettings, classification_settings
from mm_robot.errors import ConfigError
from mm_robot.model.adapters import ADAPTERS, Adaptation
from mm_robot.model.fusion import FUSIONS, TOKENS
from mm_robot.training.configuration import (
    FLAG,
    PATH,
    PATHS,
    SKIP,
    STOP,
    TEXT,
    WEIGHTS,
    Check,
    number,
    one_of,
    read_keys,
    whole,
)
from mm_robot.training.generalisation import BY_DEFAULT, Generalisation
from mm_robot.training.loop import OPTIMISERS, SCHEDULES, StageSettings
from mm_robot.training.placement import AUTO
from mm_robot.training.tracking import TENSORBOARD, TRACKERS
from mm_robot.training.validation import ValidationSettings


@dataclass(frozen=True)
class TrainingSettings:
    """A whole training run: the folder ``out``, ``seed``, torch ``threads``, the ``device``, the stages.

    ``see`` takes the folders ``data`` of frames, of which ``pretrain`` lets the eye make what it can without
    their labels before; ``hear`` the folders ``speech`` of spoken sentences and ``noise`` of recordings
    without speech, and is left out where the policy need not hear. A policy that is trained on keeps what the
    stages that are left out would train. ``fuse`` and ``decline``, which teaches what is to be declined, read
    the files ``requests`` of sentences that people wrote or said, beside those that come with the package.
    ``start`` is the checkpoint folder to train on from, or ``embedded``; empty begins anew, with the language
    model adapted by ``adapter`` (its ``rank``, ``layers`` or ``prompt_tokens``: see ``model/adapters.py``)
    and what is seen and said brought together by ``fusion`` (``model/fusion.py``). ``validate`` has the
    policy judged in rooms while `fuse` is trained; ``generalise`` says how the data are varied.
    ``broken_files`` is ``stop`` or ``skip``: what is done with broken frames. ``log_to`` is one of
    ``TRACKERS``.
    """

    out: Path
    seed: int
    threads: int
    device: str = AUTO
    data: tuple[Path, ...] = ()
    pretrain: StageSettings | None = None
    see: StageSettings | None = None
    fuse: StageSettings | None = None
    decline: StageSettings | None = None
    hear: StageSettings | None = None
    validate: ValidationSettings | None = None
    generalise: Generalisation = BY_DEFAULT
    speech: Path | None = None
    noise: Path | None = None
    requests: tuple[Path, ...] = ()
    start: str = ""
    adapter: str = "lora"
    rank: int = 16
    layers: int = 2
    prompt_tokens: int = 16
    fusion: str = TOKENS
    broken_files: str = STOP
    log_to: str = TENSORBOARD

    @property
    def adaptation(self) -> Adaptation:
        """How the language model is adapted."""
        return Adaptation(self.adapter, self.rank, self.layers, self.prompt_tokens)


@dataclass(frozen=True)
class KeywordSettings:
    """A training run of the keyword model: folders of recorded ``words``, spoken sentences (``speech``) and
    ``noise``, the folder ``out``, ``seed``, torch ``threads``, and the steps: first of the ``head`` on the
    speech embedding as it came, then of everything (``train``).
    """

    words: Path
    speech: Path
    noise: Path
    out: Path
    seed: int
    threads: int
    head: StageSettings
    train: StageSettings


POLICY, KEYWORDS, CLASSIFY = "policy", "keywords", "classify"


def load_settings(path: Path) -> TrainingSettings | KeywordSettings | ClassificationSettings:
    """Read a configuration; its key ``task`` says what is trained: ``policy`` (by default), ``keywords``, or
    ``classify`` for a classifier of images or sounds.

    Raises:
        ConfigError: the file cannot be read, or a key is unknown, missing or has a wrong value.
    """
    try:
        raw = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} holds no keys; see config/train/embedded.yaml for an example")
    task = raw.pop("task", POLICY)
    if task not in (POLICY, KEYWORDS, CLASSIFY):
        raise ConfigError(f"{path}: task must be {POLICY}, {KEYWORDS} or {CLASSIFY}, got {task!r}")
    if task == CLASSIFY:
        return classification_settings(path, raw)
    return _keyword_settings(path, raw) if task == KEYWORDS else _training_settings(path, raw)


_STAGE_CHECKS = {
    "steps": whole(1),
    "batch": whole(1),
    "learning_rate": number(0, 1),
    "warmup": whole(0),
    "weight_decay": number(0, 1),
    "save_every": whole(1),
    "optimiser": one_of(*OPTIMISERS),
    "schedule": one_of(*SCHEDULES),
    "accumulate": whole(1),
    "weights": WEIGHTS,
    "kept_of_start": number(0, 1),
}
_VALIDATION_CHECKS = {"every": whole(1), "rooms": whole(1), "episodes": PATH, "patience": whole(0)}


_GENERALISATION_CHECKS = {
    "images": FLAG,
    "sentences": FLAG,
    "sounds": FLAG,
    "adversarial": number(0, 2),
    "consistency": number(0, 10),
    "demonstrations": whole(0),
}


def _keys_of(kind: type[Any], checks: Mapping[str, Check], path: Path, name: str) -> Check:
    """Keys below a key, which make a dataclass of that kind."""

    def made(value: Any) -> Any:
        return read_keys(kind, path, value, checks, f"{name}.") if isinstance(value, dict) else None

    return f"keys such as {' and '.join(list(checks)[:2])}", made


def _stage_of(path: Path, name: str) -> Check:
    return _keys_of(StageSettings, _STAGE_CHECKS, path, name)


def _keyword_settings(path: Path, raw: Mapping[str, Any]) -> KeywordSettings:
    checks = {
        "words": PATH,
        "speech": PATH,
        "noise": PATH,
        "out": PATH,
        "seed": whole(0),
        "threads": whole(1),
        "head": _stage_of(path, "head"),
        "train": _stage_of(path, "train"),
    }
    settings = read_keys(KeywordSettings, path, raw, checks)
    if settings.train.kept_of_start:
        raise ConfigError(f"{path}: keywords are learned anew; leave out train.kept_of_start")
    return settings


def _training_settings(path: Path, raw: Mapping[str, Any]) -> TrainingSettings:
    checks = {
        "data": PATHS,
        "out": PATH,
        "seed": whole(0),
        "threads": whole(1),
        "pretrain": _stage_of(path, "pretrain"),
        "device": TEXT,
        "see": _stage_of(path, "see"),
        "fuse": _stage_of(path, "fuse"),
        "decline": _stage_of(path, "decline"),
        "hear": _stage_of(path, "hear"),
        "validate": _keys_of(ValidationSettings, _VALIDATION_CHECKS, path, "validate"),
        "generalise": _keys_of(Generalisation, _GENERALISATION_CHECKS, path, "generalise"),
        "speech": PATH,
        "noise": PATH,
        "requests": PATHS,
        "start": TEXT,
        "adapter": one_of(*ADAPTERS),
        "rank": whole(1),
        "layers": whole(1),
        "prompt_tokens": whole(1),
        "fusion": one_of(*FUSIONS),
        "broken_files": one_of(STOP, SKIP),
        "log_to": one_of(*TRACKERS),
    }
    if len({key in raw for key in ("hear", "speech", "noise")}) > 1:
        raise ConfigError(f"{path}: hear, speech and noise go together; give all of them or none")
    settings = read_keys(TrainingSettings, path, raw, checks)
    if (settings.see is None) != (not settings.data):
        raise ConfigError(f"{path}: see and data go together; give both or none")
    if settings.pretrain and settings.see is None:
        raise ConfigError(f"{path}: pretrain goes before the stage see; give see, too")
    if not settings.start and (settings.see is None or settings.fuse is None):
        raise ConfigError(f"{path}: a policy that is begun anew needs the stages see and fuse")
    if not (settings.see or settings.fuse or settings.decline or settings.hear):
        raise ConfigError(f"{path}: give one of the stages see, fuse, decline and hear at least")
    stages = (settings.pretrain, settings.see, settings.fuse, settings.decline, settings.hear)
    if not settings.start and any(stage and stage.kept_of_start for stage in stages):
        raise ConfigError(f"{path}: kept_of_start keeps weights of the policy in start; give start, too")
    if settings.validate and settings.fuse is None:
        raise ConfigError(f"{path}: validate goes with the stage fuse; give both or leave validate out")
    if settings.start and {"adapter", "rank", "layers", "prompt_tokens", "fusion"} & set(raw):
        raise ConfigError(
            f"{path}: a policy to train on has its adapter and fusion; "
            "leave out adapter, rank, layers, prompt_tokens and fusion"
        )
    return settings
