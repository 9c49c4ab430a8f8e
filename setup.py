"""Installs mm_robot: with pip, or as an ament_python package with colcon."""

from pathlib import Path

from setuptools import find_packages, setup

NAME = "mm_robot"
ROOT = Path(__file__).resolve().parent  # colcon --symlink-install runs a link to this file
NODES = ("camera", "microphone", "speech", "voice", "policy", "safety_gate", "simulator")


def below(folder: str) -> list[Path]:
    """Every file below a folder of this checkout, named from its root."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted(path.relative_to(ROOT) for path in files)


def shared(folder: str) -> list[tuple[str, list[str]]]:
    """The files below a folder, each with the place it is installed to."""
    return [(f"share/{NAME}/{path.parent}", [str(path)]) for path in below(folder)]


def requirements(file: str) -> list[str]:
    """The requirements that a file lists, one a line."""
    return (ROOT / file).read_text(encoding="utf-8").split()


setup(
    name=NAME,
    version="0.1.0",
    description="A robot that hears a sentence, looks through its camera, and moves",
    license="Apache-2.0",
    maintainer="mm_robot maintainers",
    maintainer_email="maintainers@mm-robot.invalid",
    python_requires=">=3.10",
    packages=find_packages(include=[NAME, f"{NAME}.*"]),
    package_data={NAME: [str(path.relative_to(NAME)) for path in below(f"{NAME}/assets")]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{NAME}"]),
        (f"share/{NAME}", ["package.xml"]),
        *shared("config"),
        *shared("launch"),
    ],
    install_requires=requirements("requirements.in"),
    extras_require={"ros": requirements("requirements-ros.in")},
    entry_points={
        "console_scripts": [
            f"{NAME} = {NAME}.cli:main",
            *(f"{node} = {NAME}.nodes.{node}:main" for node in NODES),
        ]
    },
    zip_safe=False,
)
