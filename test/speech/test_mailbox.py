"""The mailbox is bounded, ordered, and ends its waits."""

from __future__ import annotations

import threading

from mm_robot.speech.mailbox import Mailbox


def test_the_oldest_is_dropped_when_it_is_full() -> None:
    box: Mailbox[int] = Mailbox(2)
    assert [box.put(number) for number in (1, 2, 3)] == [False, False, True]
    assert [box.take(), box.take()] == [2, 3]


def test_take_waits_and_close_ends_the_wait() -> None:
    box: Mailbox[int] = Mailbox(2)
    taken: list[int | None] = []

    def work() -> None:
        while (item := box.take()) is not None:
            taken.append(item)
        taken.append(None)

    thread = threading.Thread(target=work)
    thread.start()
    box.put(7)
    while not taken:
        pass
    box.close()
    thread.join(2.0)
    assert taken == [7, None]
