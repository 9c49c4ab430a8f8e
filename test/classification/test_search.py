"""The search for hyper-parameters."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from mm_robot.classification import search as searching
from mm_robot.classification.folders import Examples
from mm_robot.classification.search import BEST, PICTURE, TRIALS, search
from mm_robot.classification.search_settings import load_search
from mm_robot.classification.settings import ClassificationSettings
from mm_robot.cli import main
from mm_robot.errors import ConfigError, InputError
from mm_robot.training.settings import load_settings

RANGES = {"learning_rate": [0.0001, 0.01], "adapter": ["lora", "frozen"], "warmup": [0, 2]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    for part in ("train", "validation"):
        for level, name in ((60, "dark"), (190, "bright")):
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(5):
                picture = (level + generator.integers(-40, 40, (40, 30, 3))).astype(np.uint8)
                cv2.imwrite(str(tmp_path / part / name / f"{number}.png"), picture)
    keys = {"kind": "images", "train": "train", "validation": "validation", "out": "run"}
    keys = {key: value if key == "kind" else str(tmp_path / value) for key, value in keys.items()}
    numbers = {"seed": 0, "threads": 2, "epochs": 9, "batch": 4, "learning_rate": 0.001, "size": 32}
    (tmp_path / "train.yaml").write_text(yaml.safe_dump({"task": "classify", **keys, **numbers}))
    return tmp_path / "train.yaml"


def written(config: Path, **changes: object) -> Path:
    keys: dict[str, object] = {"config": str(config), "out": str(config.parent / "search"), "seed": 1}
    path = config.parent / "search.yaml"
    path.write_text(yaml.safe_dump(keys | {"trials": 2, "epochs": 1, "ranges": RANGES} | changes))
    return path


def test_a_search_goes_on_where_it_stopped_and_writes_a_configuration(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", str(written(config))]) == 0
    out = config.parent / "search"
    first = json.loads((out / TRIALS).read_text())
    assert main(["search", str(written(config, trials=3))]) == 0
    trials = json.loads((out / TRIALS).read_text())
    assert trials[:2] == first and len(trials) == 3
    assert all(0.0001 <= trial["learning_rate"] <= 0.01 and trial["warmup"] in (0, 1, 2) for trial in trials)
    assert len({trial["learning_rate"] for trial in trials}) == 3
    best = max((t for t in trials if t["state"] == "complete"), key=lambda trial: trial["accuracy"])
    settings = load_settings(out / BEST)
    assert isinstance(settings, ClassificationSettings)
    assert (settings.learning_rate, settings.adapter) == (best["learning_rate"], best["adapter"])
    assert (settings.epochs, settings.batch) == (9, 4)
    assert cv2.imread(str(out / PICTURE)) is not None
    assert sorted(path.name for path in out.iterdir()) == sorted([BEST, TRIALS, PICTURE, "optuna.log"])
    assert "trial 2: complete" in capsys.readouterr().out


def test_the_examples_that_count_in_the_end_are_not_looked_at(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []

    def watched(_settings: object, examples: Examples, kept: Examples, *_rest: object) -> None:
        judged.append((examples, kept))
        raise InputError("it diverged")

    monkeypatch.setattr(searching, "train_on", watched)
    with pytest.raises(InputError, match="no trial went through"):
        search(*load_search(written(config)))
    assert len(judged) == 2
    training, kept = judged[0]
    assert not set(training.files) & set(kept.files)
    assert len(training) == 8 and len(kept) == 2
    assert all(path.parents[1].name == "train" for path in (*training.files, *kept.files))


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ({"out": ["a", "b"]}, "ranges.out cannot be searched; these can: batch, learning_rate"),
        ({"dropout": [0.5]}, "ranges.dropout must be a list of two or more"),
        ({"dropout": [0.5, 0.1]}, "must be \\[lowest, highest\\]"),
        ({"dropout": [0.1, 7.0]}, "each a number from 0 to 0.9"),
        ({"adapter": ["lora", "magic"]}, "ranges.adapter must be"),
        ({}, "ranges must be keys"),
    ],
)
def test_wrong_ranges_are_named(config: Path, ranges: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_search(written(config, ranges=ranges))
