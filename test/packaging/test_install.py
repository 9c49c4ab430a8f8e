"""The package as pip and colcon install it: what is in it, and that it finds its own files there."""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from mm_robot import __version__
from mm_robot.topics import NODES

EXECUTABLES = ("mm_robot", *NODES)
SITE_PACKAGES = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
WHERE = (
    "import mm_robot.config as c; print(c.__file__, c.config_path(), c.data_path('launch/bringup.launch.py'))"
)


def call(*command: str | Path, at: Path, **variables: str) -> str:
    """Run a command and return what it printed."""
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [str(part) for part in command], cwd=at, env=environment, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sourced(setup: Path) -> Mapping[str, str]:
    """The variables of a shell that has sourced a colcon setup script."""
    lines = subprocess.run(
        ["sh", "-c", '. "$1" >/dev/null && env -0', "sh", str(setup)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in lines.stdout.split("\0") if "=" in line)


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    call(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, source, at=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path, source: Path) -> None:
    assert wheel.name == f"mm_robot-{__version__}-py3-none-any.whl"
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = f"mm_robot-{__version__}.data/data/share"
    expected = {f"{data}/mm_robot/package.xml", f"{data}/ament_index/resource_index/packages/mm_robot"}
    for folder in ("config", "launch"):
        files = [path for path in (source / folder).rglob("*") if path.is_file()]
        expected |= {f"{data}/mm_robot/{path.relative_to(source)}" for path in files}
    code = [path for path in (source / "mm_robot").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    expected |= {str(path.relative_to(source)) for path in code}
    assert expected <= inside


def test_every_executable_runs_a_main_function(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    points = configparser.ConfigParser(delimiters=("=",))
    points.read_string(archive.read(name).decode())
    scripts = points["console_scripts"]
    assert sorted(scripts) == sorted(EXECUTABLES)
    for target in scripts.values():
        module, function = target.split(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_a_pip_installation_finds_its_configuration(wheel: Path, tmp_path: Path) -> None:
    options = ("--quiet", "--no-deps", "--no-index", "--ignore-installed", "--no-warn-script-location")
    call(sys.executable, "-m", "pip", "install", *options, "--prefix", tmp_path, wheel, at=tmp_path)
    printed = call(sys.executable, "-c", WHERE, at=tmp_path, PYTHONPATH=str(tmp_path / SITE_PACKAGES))
    assert len(printed.split(f"{tmp_path}/")) == 4
    assert f"{tmp_path}/share/mm_robot/config/mm_robot.yaml" in printed
    assert all((tmp_path / "bin" / name).is_file() for name in EXECUTABLES)


@pytest.mark.skipif(importlib.util.find_spec("colcon_core") is None, reason="colcon is not installed")
@pytest.mark.skipif(
    " " in sys.executable, reason="colcon's setup scripts want a Python without spaces in its path"
)
@pytest.mark.parametrize("option", ["--merge-install", "--symlink-install"])
def test_a_colcon_installation_is_found_through_the_ament_index(source: Path, option: str) -> None:
    workspace = source.parents[1]
    base = workspace / option.strip("-")
    bases = ("--build-base", base / "build", "--install-base", base / "install")
    call(sys.executable, "-m", "colcon", "--log-base", base / "log", "build", option, *bases, at=workspace)
    prefix = base / "install" if option == "--merge-install" else base / "install" / "mm_robot"
    assert all(os.access(prefix / "lib" / "mm_robot" / name, os.X_OK) for name in EXECUTABLES)

    python = Path(sys.executable).parent
    variables = dict(sourced(base / "install" / "local_setup.sh"))
    variables["PATH"] = f"{python}{os.pathsep}{variables['PATH']}"
    index = "from ament_index_python import get_package_share_directory as share; print(share('mm_robot'))"
    assert call(sys.executable, "-c", index, at=base, **variables).strip() == f"{prefix}/share/mm_robot"
    assert (prefix / "share" / "mm_robot" / "launch" / "bringup.launch.py").is_file()
    module, config, launch = call(sys.executable, "-c", WHERE, at=base, **variables).split()
    assert all(Path(path).is_relative_to(base) for path in (module, config, launch))
    said = call(prefix / "lib" / "mm_robot" / "mm_robot", "--version", at=base, **variables)
    assert said.strip() == f"mm_robot {__version__}"
