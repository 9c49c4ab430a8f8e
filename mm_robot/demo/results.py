"""The result folder of an episode."""

from __future__ import annotations

import json
import time
from pathlib import Path

from mm_robot.demo.episode import Episode
from mm_robot.demo.room_plot import plot_path
from mm_robot.demo.strip import write_strip
from mm_robot.demo.video import write_video
from mm_robot.errors import InputError

RESULT, PATH, FRAMES, VIDEO = "result.json", "path.png", "frames.png", "episode.mp4"


def new_folder(parent: Path) -> Path:
    """Create a folder named by the present time.

    Raises:
        InputError: it cannot be written there.
    """
    name = time.strftime("%Y-%m-%d_%H-%M-%S")
    try:
        for suffix in ("", *(f"_{number}" for number in range(2, 100))):
            folder = parent / f"{name}{suffix}"
            if not folder.exists():
                folder.mkdir(parents=True)
                return folder
    except OSError as error:
        reason = f"results: {parent} cannot be written ({error.strerror}); give another --results"
        raise InputError(reason) from None
    raise InputError(f"results: {parent} is full of folders named {name}; give another --results")


def write_results(folder: Path, episode: Episode) -> list[str]:
    """Write report, plot, strip and video; return the names of the files."""
    target = episode.target.name if episode.target else None
    text, record = episode.sentence.text, episode.record
    report = json.dumps(episode.report, indent=2, ensure_ascii=False)
    (folder / RESULT).write_text(report + "\n", encoding="utf-8")
    plot_path(folder / PATH, record, text, target, episode.verdict)
    written = [RESULT, PATH]
    if write_strip(folder / FRAMES, record, text):
        written.append(FRAMES)
    if write_video(folder / VIDEO, record, target):
        written.append(VIDEO)
    return written
