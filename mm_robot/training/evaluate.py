"""Closed-loop evaluation of an episode file, and the report of it."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import PeftModel
from tqdm import tqdm

from mm_robot.errors import InputError
from mm_robot.model.checkpoint import load_model
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.fused_policy import FusedPolicy
from mm_robot.model.policy import Policy, checkpoint_folder
from mm_robot.model.prompt import PromptTuned
from mm_robot.processes import in_processes
from mm_robot.sim.scene import unoccluded
from mm_robot.training.disturbance import DISTURBANCES, NONE
from mm_robot.training.episodes import Episode
from mm_robot.training.given import Ears, Given, recorded, sounded, typed
from mm_robot.training.intervals import wilson_interval
from mm_robot.training.judge import Verdict, judge, path_ratio, reached
from mm_robot.training.noise import Noise
from mm_robot.training.rollout import Trace, run_episode

CONTROLS = ("blank", "swapped", "random_lm")
SPOKEN = ("recogniser", "model")
"""Who hears what is said."""


@dataclass(frozen=True)
class Request:
    """What one worker needs for one episode."""

    index: int
    episode: Episode
    policy: str
    control: str | None
    spoken: str | None
    traces: Path | None
    disturbance: str | None
    noise: Noise | None


def evaluate_episodes(
    episodes: Sequence[Episode],
    policy: str,
    control: str | None = None,
    spoken: str | None = None,
    workers: int = 1,
    traces: Path | None = None,
    run: Callable[[Episode], Trace] | None = None,
    disturbance: str | None = None,
    noise: Noise | None = None,
) -> dict[str, Any]:
    """Run all episodes and return the report.

    ``control`` takes the instruction away (``blank``), names another object of the same room that, like the
    target, is not hidden at the start (``swapped``), or randomises the language model's weights
    (``random_lm``). ``spoken`` lets a synthetic voice say every sentence, and is one of ``SPOKEN``: what the
    recogniser of the hearing chain hears of it, or the sound itself, goes to the policy; ``noise`` is added.
    ``run`` runs an episode in place of the core's rollout, one after another. ``disturbance`` is one of
    ``DISTURBANCES``.

    Raises:
        InputError: the control does not fit the episodes, or the checkpoint is broken.
    """
    if control == "swapped":
        wrong = [e for e in episodes if e.expect.outcome != "reach" or len(e.room.things) < 2]
        if wrong:
            raise InputError(f"swapped needs reach episodes with two or more things, got {wrong[0].text!r}")
    if disturbance is not None and disturbance not in DISTURBANCES:
        raise InputError(f"disturbance must be one of {', '.join(DISTURBANCES)}, got {disturbance!r}")
    if traces is not None:
        traces.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    requests = [
        Request(i, e, policy, control, spoken, traces, disturbance, noise) for i, e in enumerate(episodes)
    ]
    rows: list[dict[str, Any]] = []
    with tqdm(total=len(requests), unit="episode", mininterval=2) as progress:
        for row in _results(requests, workers, run):
            rows.append(row)
            progress.update()
            progress.set_postfix(success=f"{np.mean([r['success'] for r in rows]):.3f}", refresh=False)
    rows.sort(key=lambda r: r.pop("index"))
    report = _report(policy, control, spoken, rows, episodes, time.monotonic() - started)
    if spoken is not None:
        report["heard_by"] = spoken
    if noise is not None:
        report["snr_db"] = noise.snr
    return report if disturbance is None else report | {"disturbance": disturbance}


def _results(requests: Sequence[Request], workers: int, run: Callable[[Episode], Trace] | None) -> Any:
    if run is not None:
        yield from (_judged(request, run) for request in requests)
        return
    yield from in_processes(_run, requests, workers)


_policies: dict[tuple[str, str | None], Policy] = {}


def _policy(source: str, control: str | None) -> Policy:
    """The policy of this process, loaded once."""
    key = (source, "random_lm" if control == "random_lm" else None)
    if key not in _policies:
        parts = load_model(checkpoint_folder(source))
        if control == "random_lm":
            randomise_language_model(parts[0])
        torch.set_num_threads(1)
        _policies[key] = FusedPolicy(*parts)
    return _policies[key]


def randomise_language_model(model: FusedLanguageModel, seed: int = 0) -> None:
    """Replace the base language model's weights by random ones of its own initialisation; all else stays."""
    torch.manual_seed(seed)
    adapted = model.language_model
    base = adapted.get_base_model() if isinstance(adapted, PeftModel) else adapted
    base = base.base if isinstance(base, PromptTuned) else base
    fresh = type(base)(base.config, add_pooling_layer=False).state_dict()
    for part in (base, model.text_model or base):
        state = part.state_dict()
        part.load_state_dict({n: fresh.get(n.replace(".base_layer", ""), v) for n, v in state.items()})


def _run(request: Request) -> dict[str, Any]:
    def run(episode: Episode) -> Trace:
        give = functools.partial(_give, episode, request.spoken, request.noise)
        disturbance = NONE if request.disturbance is None else DISTURBANCES[request.disturbance]
        policy = _policy(request.policy, request.control)
        return run_episode(policy, episode, give=give, disturbance=disturbance)

    return _judged(request, run)


def _judged(request: Request, run: Callable[[Episode], Trace]) -> dict[str, Any]:
    episode, named = _with_control(request.episode, request.control)
    row: dict[str, Any] = {
        "index": request.index,
        "text": episode.text,
        "seed": episode.seed,
        "outcome": episode.expect.outcome,
        "success": False,
        "seconds": 0.0,
        "why": "",
    }
    try:
        trace = run(episode)
    except InputError:
        raise
    except Exception as error:
        return row | {"why": f"error: {error}", "error": True}
    verdict = judge(request.episode, trace)
    row |= {"success": verdict.success, "why": verdict.why, "seconds": round(float(trace.time[-1]), 2)}
    row["collision"] = bool(trace.touched)
    row["heard"] = trace.heard
    row["state"] = trace.state
    if episode.expect.outcome == "answer":
        row["labels"] = list(trace.labels)
    if episode.target is not None and verdict.success:
        row["path_ratio"] = round(path_ratio(episode.room, episode.target, trace), 3)
    if named is not None:
        other = Verdict(False, "touched") if trace.touched else reached(episode.room, named, trace)
        row["reached_named"] = other.success
    if request.traces is not None:
        _write_trace(request.traces / f"{request.index:05d}.npz", request.episode, trace)
    return row


@functools.cache
def _ears() -> Ears:
    """The hearing chain of this process, loaded once."""
    return Ears()


def _give(episode: Episode, spoken: str | None, noise: Noise | None, text: str) -> Given:
    """What reaches the robot of a sentence of an episode."""
    if episode.wav is not None and text == episode.text:
        return recorded(episode.wav) if spoken == "model" else _ears().played(episode.wav)
    if spoken is None or not text.strip():
        return typed(text)
    say = sounded if spoken == "model" else _ears().spoken
    return say(text, episode.seed, noise)


def _with_control(episode: Episode, control: str | None) -> tuple[Episode, int | None]:
    if control == "blank":
        return replace(episode, text="", wav=None), None
    if control != "swapped":
        return episode, None
    room = episode.room
    others = [i for i in range(len(room.things)) if i != episode.target]
    in_sight = [i for i in others if unoccluded(room.things, i, *room.robot[:2])]
    named = int(np.random.default_rng(episode.seed).choice(in_sight or others))
    return replace(episode, text=f"go to the {episode.room.things[named].name}", wav=None), named


def _write_trace(path: Path, episode: Episode, trace: Trace) -> None:
    things = episode.room.things
    np.savez_compressed(
        path,
        t=trace.time,
        pose=trace.pose,
        commanded=trace.commanded,
        permitted=trace.permitted,
        contacts=trace.contact,
        objects=trace.things,
        radii=np.array([t.radius for t in things], np.float32),
        status=np.array(trace.status),
        given=np.array(trace.given),
        answer=np.array(trace.answer),
    )


def _report(
    policy: str,
    control: str | None,
    spoken: str | None,
    rows: list[dict[str, Any]],
    episodes: Sequence[Episode],
    seconds: float,
) -> dict[str, Any]:
    report: dict[str, Any] = {
        "checkpoint": policy,
        "episodes": len(rows),
        "success": float(np.mean([r["success"] for r in rows])),
        "outcomes": {},
        "collisions": float(np.mean([r.get("collision", False) for r in rows])),
        "errors": sum(r.pop("error", False) for r in rows),
        "instruction_control": control,
        "spoken": spoken is not None,
        "seconds": round(seconds, 1),
    }
    for outcome in sorted({r["outcome"] for r in rows}):
        successes = [r["success"] for r in rows if r["outcome"] == outcome]
        report["outcomes"][outcome] = rate_of(successes)
    if control == "swapped":
        report["named_instead"] = rate_of([r.get("reached_named", False) for r in rows])
    if pairs := _pairs(rows, episodes):
        report["pairs"] = rate_of(pairs)
    report["rows"] = rows
    return report


def rate_of(successes: Sequence[bool]) -> dict[str, Any]:
    """Count, rate and 95 % interval."""
    hits = int(sum(successes))
    low, high = wilson_interval(hits, len(successes))
    return {
        "n": len(successes),
        "success": hits,
        "rate": round(hits / len(successes), 4),
        "wilson95": [round(low, 4), round(high, 4)],
    }


def _pairs(rows: Sequence[dict[str, Any]], episodes: Sequence[Episode]) -> list[bool]:
    """For each pair whether all of its rows succeeded."""
    groups: dict[str, list[bool]] = {}
    for row, episode in zip(rows, episodes, strict=True):
        if episode.pair is not None:
            groups.setdefault(episode.pair, []).append(bool(row["success"]))
    return [all(group) for group in groups.values()]


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
