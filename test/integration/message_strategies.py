"""Hypothesis strategies that make ROS messages of any type, from what the type says of its fields."""

from __future__ import annotations

import importlib
import re
from array import array
from typing import Any

import numpy as np
from hypothesis import strategies as st
from rclpy.serialization import serialize_message

INTEGERS = {f"{sign}int{bits}": (sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)}
CODES = {
    "uint8": "B",
    "octet": "B",
    "int8": "b",
    "uint16": "H",
    "int16": "h",
    "uint32": "I",
    "int32": "i",
    "uint64": "Q",
    "int64": "q",
    "float": "f",
    "double": "d",
}
"""ROS type -> type code of ``array``."""
SPECIAL = [0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e30, -1e30, 1e-30]
SIZES = [0, 1, 2, 3, 7, 36, 64, 360, 1000, 4096]
TEXTS = [
    "go to the red ball",
    "stop",
    "rgb8",
    "bgr8",
    "mono8",
    "jpeg",
    "base_link",
    "sample_rate",
    "channels",
    "first_sample",
    "plumb_bob",
]


def messages(type_: Any) -> st.SearchStrategy[Any]:
    """Messages of a type with anything in every field."""
    fields = type_.get_fields_and_field_types()
    return st.fixed_dictionaries({name: values(kind) for name, kind in fields.items()}).map(
        lambda given: type_(**given)
    )


def values(kind: str) -> st.SearchStrategy[Any]:
    """Values of a field's type as ROS writes it, such as ``sequence<double>`` or ``geometry_msgs/Twist``."""
    sequence = re.fullmatch(r"sequence<(.+?)(?:, (\d+))?>", kind)
    fixed = re.fullmatch(r"(.+)\[(\d+)\]", kind)
    if sequence:
        return _many(sequence.group(1), st.sampled_from(SIZES))
    if fixed:
        return _many(fixed.group(1), st.just(int(fixed.group(2))))
    if kind == "boolean":
        return st.booleans()
    if kind in ("float", "double"):
        return st.one_of(st.sampled_from(SPECIAL), st.floats(width=32))
    if kind in INTEGERS:
        sign, bits = INTEGERS[kind]
        low, high = (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        return st.one_of(
            st.sampled_from([low, high, 1, 3, 640]).filter(lambda n: n <= high), st.integers(low, high)
        )
    if kind.startswith("string"):
        letters = st.characters(exclude_categories=("Cs",))
        return st.one_of(st.sampled_from(TEXTS), st.text(letters, max_size=300))
    return messages(message_type(kind))


def message_type(name: str) -> Any:
    """The class of a message type by its name, such as ``geometry_msgs/Twist``."""
    package, _, kind = name.partition("/")
    return getattr(importlib.import_module(f"{package}.msg"), kind)


def spoiled(message: Any) -> st.SearchStrategy[Any]:
    """A message that is right but for one of its fields."""
    fields = message.get_fields_and_field_types()

    def with_one(name: str) -> st.SearchStrategy[Any]:
        def replaced(value: Any) -> Any:
            given = {each: getattr(message, each) for each in fields}
            return type(message)(**{**given, name: value})

        return values(fields[name]).map(replaced)

    return st.sampled_from(sorted(fields)).flatmap(with_one) if fields else st.just(message)


def spoiled_bytes(message: Any) -> st.SearchStrategy[bytes]:
    """The bytes of a message on the wire, cut short or with some of them replaced."""
    data = serialize_message(message)

    def replaced(places: list[tuple[int, int]]) -> bytes:
        changed = bytearray(data)
        for place, byte in places:
            changed[4 + place % max(1, len(changed) - 4)] = byte
        return bytes(changed)

    cut = st.integers(4, len(data)).map(lambda end: data[:end])
    places = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=8)
    return st.one_of(cut, places.map(replaced))


def _many(kind: str, sizes: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    if kind not in CODES:
        few = sizes.map(lambda size: min(size, 4))
        return few.flatmap(lambda size: st.lists(values(kind), min_size=size, max_size=size))
    floats = kind in ("float", "double")
    return st.builds(
        lambda size, seed, special: _numbers(CODES[kind], size, seed, special if floats else None),
        sizes,
        st.integers(0, 2**32 - 1),
        st.sampled_from(SPECIAL),
    )


def _numbers(code: str, size: int, seed: int, special: float | None) -> array[Any]:
    random = np.random.default_rng(seed)
    if special is None:
        data = random.bytes(size * array(code).itemsize)
    else:
        numbers = np.where(random.random(size) < 0.3, special, random.normal(0.0, 5.0, size))
        data = numbers.astype(code).tobytes()
    made = array(code)
    made.frombytes(data)
    return made
