"""How many samples a second the training of the fused model takes in, against a plain loop.

    python benchmarks/train_speed.py [--steps 4] [--batch 128] [--threads 1] [--device cuda]

The plain loop does the same sums on the same situations as one would write it down at first: each batch
padded to its longest sentence, every sentence through the frozen model again at each step, attention as
transformers chooses it. Steps of both are taken in turn, so that other work on the machine slows both.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from mm_robot.data.instructions import package_requests
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import new_model, tokenizer_of
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.processor import Processor
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training import fuse
from mm_robot.training.fuse import FuseStage
from mm_robot.training.placement import chosen_device
from mm_robot.training.text_cache import TextCache


class NoCache(TextCache):
    """Embeds every sentence anew."""

    def __call__(self, texts: list[str]) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """See ``TextCache``."""
        self._known.clear()
        return super().__call__(texts)


def made(batch: int, plain: bool, device: torch.device) -> tuple[FusedLanguageModel, FuseStage]:
    """A new model and its stage."""
    torch.manual_seed(0)
    processor = Processor()
    model = new_model(find_base_model(), processor, len(SHAPES), len(COLOURS)).to(device)
    cache = NoCache if plain else TextCache
    texts = cache(model, tokenizer_of(find_base_model()), processor.max_text_tokens)
    if plain:
        model.language_model.get_base_model().set_attn_implementation("sdpa")
    return model, FuseStage(model, texts, processor, package_requests(), batch, 0)


def one_step(model: FusedLanguageModel, stage: FuseStage, bucket: int) -> Callable[[int], float]:
    """What takes one step, and says how long it took, s."""
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=1e-4)
    on_gpu = trained[0].is_cuda

    def step(number: int) -> float:
        fuse.BUCKET = bucket
        began = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(stage.loss(number).values())).sum().backward()
        optimiser.step()
        if on_gpu:
            torch.cuda.synchronize()
        return time.perf_counter() - began

    return step


def main() -> None:
    """Measure, and print samples a second and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default %(default)s)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = chosen_device(arguments.device)
    samples = arguments.batch + round(fuse.TEXT_SHARE * arguments.batch)
    ours = one_step(*made(arguments.batch, plain=False, device=device), bucket=fuse.BUCKET)
    plain = one_step(*made(arguments.batch, plain=True, device=device), bucket=samples)
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for number in range(arguments.steps + 1):
        for name, step in (("ours", ours), ("plain", plain)):
            seconds = step(number)
            if number:
                times[name].append(seconds)
    rates = {name: samples / statistics.median(taken) for name, taken in times.items()}
    ratios = [slow / fast for slow, fast in zip(times["plain"], times["ours"], strict=True)]
    for name, rate in rates.items():
        print(f"{name}: {rate:.1f} samples a second (median of {arguments.steps} steps)")
    print(
        f"ratio: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f}), "
        f"{arguments.threads} threads, {device}, torch {torch.__version__}"
    )


if __name__ == "__main__":
    main()
