"""A recogniser in a process of its own: while it works, the threads that watch for a stop wait for nothing.

The two processes talk over the child's standard input and output, one JSON object a line: first which
recogniser to load, then an utterance at a time. The child ends when its input does.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import Any, TextIO

import numpy as np
import torch

from mm_robot.errors import InputError, one_line
from mm_robot.speech.base import Recogniser, Recognition, Utterance
from mm_robot.speech.recognisers import COMMANDS, load_recogniser
from mm_robot.types import FloatArray


class RecogniserProcess(Recogniser):
    """A recogniser that ``load_recogniser`` knows, elsewhere."""

    def __init__(self, name: str = COMMANDS, grammar: str | None = None, wake_word: str = "") -> None:
        """Begin to load what ``load_recogniser`` would; ``wait_until_loaded`` tells how it went."""
        self._order = {"name": name, "grammar": grammar, "wake_word": wake_word}
        self._loaded = False
        self._child = self._start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    def wait_until_loaded(self) -> None:
        """Return when it is ready to listen.

        Raises:
            InputError: what was asked for is wrong, as ``load_recogniser`` says.
        """
        if not self._loaded:
            self._answer()
            self._loaded = True

    def transcribe(self, utterance: Utterance) -> Recognition:
        """Recognise one utterance.

        Raises:
            RuntimeError: it cannot; if the process has ended, it is started anew.
        """
        try:
            self.wait_until_loaded()
            self._tell(_to_json(utterance))
            answer = self._answer()
        except (BrokenPipeError, EOFError):
            status = self._child.wait()
            self.close()
            self._loaded, self._child = False, self._start()
            raise RuntimeError(f"the recogniser ended with status {status} and is started anew") from None
        return Recognition(answer["text"], answer["confidence"])

    def close(self) -> None:
        """End the process, which has nothing to lose."""
        self._child.kill()
        self._child.wait()
        with suppress(BrokenPipeError):
            self._stdin.close()
        self._stdout.close()

    def _start(self) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "mm_robot.speech.recogniser_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert child.stdin is not None and child.stdout is not None
        self._stdin, self._stdout = child.stdin, child.stdout
        self._tell(self._order)
        return child

    def _tell(self, told: dict[str, Any]) -> None:
        self._stdin.write(json.dumps(told) + "\n")
        self._stdin.flush()

    def _answer(self) -> dict[str, Any]:
        line = self._stdout.readline()
        if not line:
            raise EOFError("the recogniser's process has ended; what it printed tells why")
        answer: dict[str, Any] = json.loads(line)
        if "wrong" in answer:
            raise InputError(answer["wrong"])
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def serve(orders: TextIO, answers: TextIO) -> None:
    """The child's work: load, then recognise until ``orders`` end; without a recogniser it ends at once."""
    torch.set_num_threads(1)
    recogniser: Recogniser | None = None
    for line in orders:
        told = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            if recogniser is None:
                recogniser = load_recogniser(**told)
            else:
                heard = recogniser.transcribe(_from_json(told))
                answer = {"text": heard.text, "confidence": heard.confidence}
        except InputError as error:
            answer = {"wrong": str(error)}
        except Exception as error:  # told to the parent; the next utterance may do better
            answer = {"error": one_line(error)}
        print(json.dumps(answer), file=answers, flush=True)
        if recogniser is None:
            return


def _to_json(utterance: Utterance) -> dict[str, Any]:
    return {
        "samples": _packed(utterance.samples),
        "as_it_came": _packed(utterance.as_it_came),
        "start": utterance.start,
        "end": utterance.end,
        "speech": utterance.speech,
    }


def _from_json(told: dict[str, Any]) -> Utterance:
    sounds = {key: _unpacked(told[key]) for key in ("samples", "as_it_came")}
    return Utterance(**{**told, **sounds})


def _packed(samples: FloatArray) -> str:
    return base64.b64encode(np.ascontiguousarray(samples, "<f4").tobytes()).decode()


def _unpacked(text: str) -> FloatArray:
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32)


def main() -> None:
    """Serve the parent; what anything else prints goes to the standard error output."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
