"""A ROS domain that nobody on this machine uses."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from mm_robot.errors import InputError

DOMAINS = range(20, 100)
"""Domain IDs whose ports lie below the ephemeral ones on every system."""

FIRST_DISCOVERY_PORT = 7400
PORTS_PER_DOMAIN = 250
RESERVATION_PORT = 31000


@contextmanager
def private_domain() -> Iterator[int]:
    """Yield a free domain, kept from others who ask the same way.

    Raises:
        InputError: every domain is taken.
    """
    first = os.getpid() % len(DOMAINS)
    for domain in (*DOMAINS[first:], *DOMAINS[:first]):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reservation:
            if _bind(reservation, RESERVATION_PORT + domain) and _is_free(domain):
                yield domain
                return
    raise InputError("every ROS domain from 20 to 99 is in use here; end ROS nodes that still run")


def _is_free(domain: int) -> bool:
    """Whether the unicast discovery port of the domain's first participant is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        return _bind(trial, FIRST_DISCOVERY_PORT + PORTS_PER_DOMAIN * domain + 10)


def _bind(trial: socket.socket, port: int) -> bool:
    try:
        trial.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
