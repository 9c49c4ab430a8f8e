"""The files that describe the package agree with one another and with the code."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from mm_robot import __version__
from mm_robot.dependencies import PACKAGES

OPTIONAL = {"optuna", "wandb"}
"""Asked for by the command that needs it, and installed for the tests."""
OPTIONAL_ROS = {"cv_bridge", "tf2_msgs", "vision_msgs"}
"""Used where ROS 2 installed them."""


def package_xml(root: Path) -> ElementTree.Element:
    return ElementTree.parse(root / "package.xml").getroot()


def requirements(file: Path) -> list[Requirement]:
    lines = file.read_text(encoding="utf-8").splitlines()
    stripped = [re.split(r"\s+#|^#", line)[0].strip() for line in lines]
    return [Requirement(line) for line in stripped if line and not line.startswith("-c ")]


def pins(file: Path) -> dict[str, str]:
    """Name -> version of a lock file."""
    found = {}
    for requirement in requirements(file):
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", requirement
        found[canonicalize_name(requirement.name)] = specifier.version
    return found


def imported(folder: Path) -> set[str]:
    """Top-level names of all modules that the code below a folder imports."""
    names = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def test_the_version_is_the_same_everywhere(root: Path) -> None:
    assert package_xml(root).findtext("version") == __version__
    assert f'version="{__version__}"' in (root / "setup.py").read_text(encoding="utf-8")


def test_package_xml_describes_an_ament_python_package(root: Path) -> None:
    xml = package_xml(root)
    assert xml.get("format") == "3"
    assert xml.findtext("name") == "mm_robot"
    assert xml.findtext("export/build_type") == "ament_python"
    licence = xml.find("license")
    assert licence is not None and licence.text == "Apache-2.0"
    assert "Apache License" in (root / licence.attrib["file"]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "lock"),
    [("requirements", "requirements"), ("requirements-ros", "requirements"), ("requirements-test",) * 2],
)
def test_the_lock_pins_what_is_asked_for(root: Path, asked: str, lock: str) -> None:
    locked = pins(root / f"{lock}.lock")
    for requirement in requirements(root / f"{asked}.in"):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(Version(version)), requirement


def test_the_two_locks_agree(root: Path) -> None:
    ours, tests = pins(root / "requirements.lock"), pins(root / "requirements-test.lock")
    assert {name: tests[name] for name in ours if name in tests} == {
        name: ours[name] for name in ours if name in tests
    }


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_names_no_index_and_no_gpu_library(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert "://" not in text and "index-url" not in text.replace("emit-index-url", "")
    assert not [pin for pin in pins(root / name) if re.match(r"nvidia|cuda|triton", pin)]


@pytest.mark.parametrize(
    ("folders", "files"),
    [
        (("mm_robot", "launch"), ("requirements.in",)),
        (("test",), ("requirements.in", "requirements-test.in")),
    ],
)
def test_every_import_is_declared(root: Path, folders: tuple[str, ...], files: tuple[str, ...]) -> None:
    declared = {canonicalize_name(r.name) for file in files for r in requirements(root / file)}
    ros = {element.text for element in package_xml(root).findall("exec_depend")} | OPTIONAL_ROS
    own = {"mm_robot", *(path.stem for folder in folders for path in (root / folder).rglob("*.py"))}
    foreign = (
        set().union(*(imported(root / folder) for folder in folders)) - own - set(sys.stdlib_module_names)
    )
    packages = {name: canonicalize_name(PACKAGES.get(name, name)) for name in foreign - ros - OPTIONAL}
    undeclared = {name for name, package in packages.items() if package not in declared}
    assert not undeclared, "add it to requirements.in, package.xml and docs/dependencies.md"


@pytest.mark.parametrize("name", ["requirements.in", "requirements-ros.in", "requirements-test.in"])
def test_every_dependency_has_its_reason(root: Path, name: str) -> None:
    reasons = (root / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert not [r.name for r in requirements(root / name) if f"`{r.name}`" not in reasons]


def test_the_system_packages_have_their_reason(root: Path) -> None:
    reasons = (root / "docs" / "dependencies.md").read_text(encoding="utf-8")
    found = re.search(r"^system=\((.*)\)$", (root / "scripts" / "setup").read_text(encoding="utf-8"), re.M)
    assert found is not None
    assert not [package for package in found[1].split() if f"`{package}`" not in reasons]
