from __future__ import annotations

import socket

from mm_robot.ros.domain import DOMAINS, private_domain


def test_two_who_ask_get_two_domains() -> None:
    with private_domain() as first, private_domain() as second:
        assert first != second
        assert first in DOMAINS and second in DOMAINS


def test_a_domain_in_use_is_not_given() -> None:
    with private_domain() as domain:
        pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as participant:
        participant.bind(("127.0.0.1", 7400 + 250 * domain + 10))
        with private_domain() as other:
            assert other != domain
