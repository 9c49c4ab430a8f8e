"""What each node may publish, hear and serve, as a policy for ROS 2 security (SROS2).

``python -m mm_robot.security [NAMESPACE]`` prints it; ``scripts/sros2_keystore`` makes the keys for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from xml.etree import ElementTree

from mm_robot.config import load_config
from mm_robot.topics import NODES, OWN_TOPICS, SERVICES, TOPICS, topics_of

OPERATOR = "operator"
"""The enclave of a person's tools: what the nodes do not publish themselves, every service, hears all."""
PARAMETER_SERVICES = (
    *("describe_parameters", "get_parameter_types", "get_parameters", "list_parameters"),
    *("set_parameters", "set_parameters_atomically", "get_type_description"),
)
LIFECYCLE_SERVICES = (
    *("change_state", "get_state", "get_available_states", "get_available_transitions"),
    "get_transition_graph",
)
EVERYBODY_PUBLISHES = ("/rosout", "/parameter_events")
EVERYBODY_HEARS = ("/parameter_events", "/clock")


def enclave(name: str) -> str:
    """The enclave in which a node runs."""
    return f"/mm_robot/{name}"


def security_policy(namespace: str = "/") -> str:
    """The policy of all nodes and of the operator's tools, as XML.

    Topics have the names of the packaged configuration, in ``namespace``.
    """
    root = ElementTree.Element("policy", version="0.2.0")
    enclaves = ElementTree.SubElement(root, "enclaves")
    own = {node: [_own(namespace, node, name) for name in OWN_TOPICS.get(node, ())] for node in NODES}
    services = {
        node: [
            _own(namespace, node, name)
            for name in (*PARAMETER_SERVICES, *LIFECYCLE_SERVICES, *SERVICES.get(node, ()))
        ]
        for node in NODES
    }
    for node in NODES:
        profile = _profile(enclaves, node, namespace)
        topics = topics_of(node)
        published = [_topic(namespace, topic.name) for topic in topics if node in topic.publishers]
        heard = [_topic(namespace, topic.name) for topic in topics if node in topic.subscribers]
        events = [_own(namespace, node, "transition_event")]
        _allow(profile, "topics", "topic", "publish", [*published, *own[node], *events, *EVERYBODY_PUBLISHES])
        _allow(profile, "topics", "topic", "subscribe", [*heard, *EVERYBODY_HEARS])
        _allow(profile, "services", "service", "reply", services[node])
    profile = _profile(enclaves, OPERATOR, namespace)
    foreign = [topic for topic in TOPICS if not topic.publishers or topic.name in ("stop", "audio")]
    _allow(
        profile,
        "topics",
        "topic",
        "publish",
        [*(_topic(namespace, topic.name) for topic in foreign), *EVERYBODY_PUBLISHES],
    )
    heard = [_topic(namespace, topic.name) for topic in TOPICS]
    everything = [*heard, *(name for names in own.values() for name in names), *EVERYBODY_HEARS, "/rosout"]
    _allow(profile, "topics", "topic", "subscribe", everything)
    _allow(profile, "services", "service", "request", [name for names in services.values() for name in names])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _profile(enclaves: ElementTree.Element, name: str, namespace: str) -> ElementTree.Element:
    place = ElementTree.SubElement(enclaves, "enclave", path=enclave(name))
    profiles = ElementTree.SubElement(place, "profiles")
    return ElementTree.SubElement(profiles, "profile", ns=namespace, node=name)


def _allow(profile: ElementTree.Element, group: str, item: str, act: str, names: Iterable[str]) -> None:
    block = ElementTree.SubElement(profile, group, {act: "ALLOW"})
    for name in dict.fromkeys(names):
        ElementTree.SubElement(block, item).text = name


def _topic(namespace: str, name: str) -> str:
    in_use = next(
        load_config().node(node)[f"topics.{name}"]
        for topic in TOPICS
        if topic.name == name
        for node in topic.publishers + topic.subscribers
    )
    return in_use if in_use.startswith("/") else f"{namespace.rstrip('/')}/{in_use}"


def _own(namespace: str, node: str, name: str) -> str:
    return f"{namespace.rstrip('/')}/{node}/{name}"


if __name__ == "__main__":
    print(security_policy(*sys.argv[1:2]), end="")
