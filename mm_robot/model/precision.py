"""Whether a device computes in bfloat16 faster than in float32."""

from __future__ import annotations

import torch

_CPU_CHECKS = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")


def fast_bfloat16(device: torch.device) -> bool:
    """True for a GPU, or a processor, that has bfloat16 instructions."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return any(getattr(torch.cpu, name)() for name in _CPU_CHECKS if hasattr(torch.cpu, name))
