"""The policy for ROS 2 security: it says what the nodes really do, and no more."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import mm_robot
from mm_robot.bringup import describe
from mm_robot.security import enclave, security_policy
from mm_robot.topics import NODES, OWN_TOPICS, SERVICES

SOURCES = Path(mm_robot.__file__).parent / "nodes"


def allowed(policy: str, node: str, act: str) -> set[str]:
    root = ElementTree.fromstring(policy)
    (place,) = (found for found in root.iter("enclave") if found.get("path") == enclave(node))
    blocks = [block for block in place.iter() if block.get(act) == "ALLOW"]
    return {item.text or "" for block in blocks for item in block}


@pytest.mark.parametrize("namespace", ["/", "/one"])
def test_only_the_gate_may_command_the_wheels_and_accept_instructions(namespace: str) -> None:
    policy, prefix = security_policy(namespace), namespace.rstrip("/")
    for topic in ("cmd_vel", "instruction/accepted"):
        may = {
            node for node in (*NODES, "operator") if f"{prefix}/{topic}" in allowed(policy, node, "publish")
        }
        assert may == {"safety_gate"}
    assert f"{prefix}/instruction" in allowed(policy, "operator", "publish")
    assert f"{prefix}/safety_gate/arm" in allowed(policy, "operator", "request")
    assert f"{prefix}/safety_gate/arm" not in allowed(policy, "policy", "request")
    assert "/diagnostics" in allowed(policy, "camera", "publish")


@pytest.mark.parametrize("node", NODES)
def test_the_names_below_a_nodes_own_are_all_listed(node: str) -> None:
    text = (SOURCES / f"{node}.py").read_text(encoding="utf-8")
    served = set(re.findall(r'self\.serve\(\w+, "~/(\w+)"', text))
    published = set(re.findall(r'self\.publish_to\(\w+, "~/(\w+)"', text))
    assert served == set(SERVICES.get(node, ()))
    assert published == set(OWN_TOPICS.get(node, ()))


def test_nodes_run_in_their_enclave_where_security_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROS_SECURITY_ENABLE", raising=False)
    assert all("--enclave" not in node.command() for node in describe({}))
    monkeypatch.setenv("ROS_SECURITY_ENABLE", "true")
    for node in describe({}):
        assert f"--enclave /mm_robot/{node.name}" in " ".join(node.command())
