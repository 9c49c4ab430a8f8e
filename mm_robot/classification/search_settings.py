"""What a configuration of ``mm_robot search`` may hold; unknown keys and wrong values are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mm_robot.classification.settings import CHECKS, ClassificationSettings
from mm_robot.errors import ConfigError
from mm_robot.training.configuration import PATH, Check, read_keys, whole
from mm_robot.training.settings import load_settings

Range = tuple[float, float] | tuple[int, int] | tuple[str, ...] | tuple[bool, ...]
_FIXED = ("kind", "train", "validation", "out", "seed", "threads", "epochs", "broken_files", "log_to")


@dataclass(frozen=True)
class SearchSettings:
    """A search: the ``config`` of the classifier, the folder ``out``, ``seed``, how many ``trials`` of
    ``epochs`` each, and ``ranges``: key of that configuration -> two numbers, or some words, to choose from.
    """

    config: Path
    out: Path
    seed: int
    trials: int
    epochs: int
    ranges: Mapping[str, Range]


def load_search(path: Path) -> tuple[SearchSettings, ClassificationSettings]:
    """Read the configuration of a search, and that of the classifier.

    Raises:
        ConfigError: a file cannot be read, or a key is unknown, missing or has a wrong value.
    """
    try:
        raw = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} holds no keys; see config/search/clothing.yaml for an example")
    checks = {
        "config": PATH,
        "out": PATH,
        "seed": whole(0),
        "trials": whole(1),
        "epochs": whole(1),
        "ranges": _ranges(path),
    }
    search = read_keys(SearchSettings, path, raw, checks)
    settings = load_settings(search.config)
    if not isinstance(settings, ClassificationSettings):
        raise ConfigError(f"{search.config}: a search is for a classifier (task: classify)")
    return search, settings


def _ranges(path: Path) -> Check:
    def check(value: Any) -> Mapping[str, Range] | None:
        if not isinstance(value, dict) or not value:
            return None
        return {str(key): _range(path, str(key), given) for key, given in value.items()}

    return "keys such as learning_rate with what to choose from", check


def _range(path: Path, key: str, given: Any) -> Range:
    searched = [name for name in CHECKS if name not in _FIXED]
    if key not in searched:
        raise ConfigError(f"{path}: ranges.{key} cannot be searched; these can: {', '.join(searched)}")
    allowed, check = CHECKS[key]
    if not isinstance(given, list) or len(given) < 2 or any(check(value) is None for value in given):
        raise ConfigError(
            f"{path}: ranges.{key} must be a list of two or more, each {allowed}, got {given!r}"
        )
    chosen = tuple(check(value) for value in given)
    if not isinstance(chosen[0], str | bool) and (len(chosen) != 2 or chosen[0] >= chosen[1]):
        raise ConfigError(f"{path}: ranges.{key} must be [lowest, highest], got {given!r}")
    return chosen
