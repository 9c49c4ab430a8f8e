"""A copy of what the package is built from, outside the checkout."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "setup.py",
    "setup.cfg",
    "pyproject.toml",
    "package.xml",
    "requirements.in",
    "requirements-ros.in",
    "LICENSE",
    "resource",
    "config",
    "launch",
    "mm_robot",
)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy, in ``src/mm_robot`` of a workspace."""
    copy = tmp_path_factory.mktemp("workspace") / "src" / "mm_robot"
    copy.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    return copy
