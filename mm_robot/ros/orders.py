"""What the safety gate and the policy tell each other, as JSON in ``std_msgs/String``."""

from __future__ import annotations

import json
from typing import Any

from std_msgs.msg import String

from mm_robot.errors import InputError
from mm_robot.safety.desk import Order

LONGEST = 100_000
"""Characters of a message that are read at most."""


def order_fields(order: Order) -> dict[str, Any]:
    """An order of the gate as the JSON object of ``instruction/accepted``."""
    return {"id": order.number, "text": order.text, "source": order.source, "reason": order.reason}


def message_to_order(message: String) -> Order:
    """The order in a message.

    Raises:
        InputError: it holds none.
    """
    content = _content(message, "instruction/accepted")
    number, text = content.get("id"), content.get("text")
    source, reason = content.get("source"), content.get("reason", "")
    texts = isinstance(text, str) and isinstance(source, str) and isinstance(reason, str)
    if type(number) is not int or not texts:
        raise InputError("instruction/accepted: no id, text and source; only the safety gate may publish it")
    return Order(number, text, source, reason)  # type: ignore[arg-type]


def message_to_verdict(message: String) -> tuple[int, str]:
    """The verdict in a status of the policy: (number of the instruction, verdict), (0, "") for none.

    Raises:
        InputError: it is no status of the policy.
    """
    content = _content(message, "policy/status")
    number, verdict = content.get("accepted_id", 0), content.get("verdict", "")
    if type(number) is not int or not isinstance(verdict, str):
        raise InputError("policy/status: accepted_id is no integer, or verdict is no text")
    return number, verdict


def _content(message: String, topic: str) -> dict[str, Any]:
    try:
        content = json.loads(message.data) if len(message.data) <= LONGEST else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InputError(f"{topic}: what was published is not a JSON object")
    return content
