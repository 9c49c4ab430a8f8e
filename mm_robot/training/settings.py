"""What a training configuration may hold; unknown keys and wrong values are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from mm_robot.classification.settings import ClassificationSettings, classification_settings
from mm_robot.errors import ConfigError
from mm_robot.training.loop import StageSettings


@dataclass(frozen=True)
class TrainingSettings:
    """A whole training run: ``data`` folders, the folder ``out``, ``seed``, torch ``threads``, the stages.

    ``hear`` is left out where the policy need not hear; it takes the folders ``speech`` of spoken sentences
    and ``noise`` of recordings without speech. ``requests`` are files of sentences that people wrote or said,
    beside those that come with the package; ``start`` is the checkpoint folder to train on from, or
    ``embedded``; empty begins anew.
    """

    data: tuple[Path, ...]
    out: Path
    seed: int
    threads: int
    see: StageSettings
    fuse: StageSettings
    hear: StageSettings | None = None
    speech: Path | None = None
    noise: Path | None = None
    requests: tuple[Path, ...] = ()
    start: str = ""


@dataclass(frozen=True)
class KeywordSettings:
    """A training run of the keyword model: folders of ``words`` and ``noise``, the folder ``out``, ``seed``,
    torch ``threads``, and the steps.
    """

    words: Path
    noise: Path
    out: Path
    seed: int
    threads: int
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


def _keyword_settings(path: Path, raw: Mapping[str, Any]) -> KeywordSettings:
    names = [f.name for f in fields(KeywordSettings)]
    _known(path, "", raw, names, names)
    return KeywordSettings(
        words=Path(str(raw["words"])),
        noise=Path(str(raw["noise"])),
        out=Path(str(raw["out"])),
        seed=_whole(path, "seed", raw["seed"], 0),
        threads=_whole(path, "threads", raw["threads"], 1),
        train=_stage(path, "train", raw["train"]),
    )


def _training_settings(path: Path, raw: Mapping[str, Any]) -> TrainingSettings:
    every = fields(TrainingSettings)
    _known(path, "", raw, [f.name for f in every], [f.name for f in every if f.default is MISSING])
    data = _paths(path, "data", raw["data"])
    if not data:
        raise ConfigError(f"{path}: data must name a folder at least")
    if len({key in raw for key in ("hear", "speech", "noise")}) > 1:
        raise ConfigError(f"{path}: hear, speech and noise go together; give all of them or none")
    hears = "hear" in raw
    return TrainingSettings(
        data=data,
        out=Path(str(raw["out"])),
        seed=_whole(path, "seed", raw["seed"], 0),
        threads=_whole(path, "threads", raw["threads"], 1),
        see=_stage(path, "see", raw["see"]),
        fuse=_stage(path, "fuse", raw["fuse"]),
        hear=_stage(path, "hear", raw["hear"]) if hears else None,
        speech=Path(str(raw["speech"])) if hears else None,
        noise=Path(str(raw["noise"])) if hears else None,
        requests=_paths(path, "requests", raw.get("requests", [])),
        start=str(raw.get("start", "")),
    )


def _paths(path: Path, key: str, raw: Any) -> tuple[Path, ...]:
    if not isinstance(raw, list) or not all(isinstance(d, str) for d in raw):
        raise ConfigError(f"{path}: {key} must be a list of paths, got {raw!r}")
    return tuple(Path(d) for d in raw)


def _stage(path: Path, name: str, raw: Any) -> StageSettings:
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: {name} must hold keys such as steps and batch, got {raw!r}")
    every = fields(StageSettings)
    _known(path, f"{name}.", raw, [f.name for f in every], [f.name for f in every if f.default is MISSING])
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in ("learning_rate", "weight_decay"):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < 1:
                raise ConfigError(f"{path}: {name}.{key} must be a number from 0 to 1, got {value!r}")
            values[key] = float(value)
        else:
            values[key] = _whole(path, f"{name}.{key}", value, 0 if key == "warmup" else 1)
    return StageSettings(**values)


def _known(path: Path, prefix: str, raw: Mapping[str, Any], allowed: list[str], needed: list[str]) -> None:
    for key in raw:
        if key not in allowed:
            raise ConfigError(f"{path}: unknown key {prefix}{key}; allowed: {', '.join(allowed)}")
    for key in needed:
        if key not in raw:
            raise ConfigError(f"{path}: the key {prefix}{key} is missing")


def _whole(path: Path, key: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ConfigError(f"{path}: {key} must be a whole number >= {least}, got {value!r}")
    return value
