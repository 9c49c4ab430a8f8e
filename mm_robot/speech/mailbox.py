"""A bounded queue between a callback and a thread: the oldest is dropped when it is full."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Holds at most ``size`` items; ``put`` never waits."""

    def __init__(self, size: int) -> None:
        """Start empty and open."""
        self._items: deque[Item] = deque()
        self._size = size
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: Item) -> bool:
        """Add an item; return whether the oldest had to be dropped for it."""
        with self._changed:
            full = len(self._items) >= self._size
            if full:
                self._items.popleft()
            self._items.append(item)
            self._changed.notify()
            return full

    def take(self) -> Item | None:
        """Wait for the next item; None when the mailbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed)
            return None if self._closed else self._items.popleft()

    def close(self) -> None:
        """End every wait, now and later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
