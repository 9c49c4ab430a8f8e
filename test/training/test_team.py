from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from safetensors.torch import load_file

SCRIPT = """
import sys
from pathlib import Path
import torch
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.training.team import team

out, accumulate, steps, save_every = Path(sys.argv[1]), *map(int, sys.argv[2:5])
apart = len(sys.argv) > 5
torch.manual_seed(0)
model = torch.nn.ModuleDict({"used": torch.nn.Linear(4, 1), "seldom": torch.nn.Linear(4, 1)})

def loss(batch):
    rows = torch.randn(8, 4, generator=torch.Generator().manual_seed(batch))
    told = model["used"](rows) + (model["seldom"](rows) if batch % 2 else 0)
    return {"square": ((told - rows.sum(1, keepdim=True)) ** 2).mean()}

settings = StageSettings(steps, batch=8, learning_rate=0.02, accumulate=accumulate, save_every=save_every)
folder = out / str(team().index) if apart else out
run_stage("stage", model, dict(model.named_parameters()), settings, loss, folder)
"""


def start(tmp_path: Path, processes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "trains.py"
    script.write_text(SCRIPT)
    launch = [sys.executable]
    if processes > 1:
        launch += ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command = [*launch, str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_two_processes_take_the_steps_that_one_takes_with_twice_the_batches(tmp_path: Path) -> None:
    weights = []
    for processes, accumulate in ((2, 1), (1, 2)):
        out = tmp_path / str(processes)
        result = start(tmp_path, processes, out, accumulate, 6, 3)
        assert result.returncode == 0, result.stderr
        weights.append(load_file(out / "stage.safetensors"))
    together, wanted = weights
    assert together.keys() == wanted.keys()
    for name, value in wanted.items():
        assert (together[name] - value).abs().max() < 1e-6, name


def test_a_team_that_does_not_share_its_checkpoints_is_told_so(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = start(tmp_path, 1, out / "0", 1, 3, 3)
    assert first.returncode == 0, first.stderr
    result = start(tmp_path, 2, out, 1, 6, 3, "apart")
    assert result.returncode != 0
    assert "a folder that all machines share" in result.stderr
