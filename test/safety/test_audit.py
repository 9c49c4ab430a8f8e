"""The audit log: what shows that it was altered, and what does not break it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot import cli
from mm_robot.errors import InputError
from mm_robot.safety import audit
from mm_robot.safety.audit import GENESIS, TORN, AuditFile, Tampered, rotated, verify
from mm_robot.safety.audit_writer import AuditWriter

MUCH = 1_000_000


def written(path: Path, number: int = 5, most_bytes: int = MUCH) -> Path:
    log = AuditFile(path, most_bytes)
    for index in range(number):
        log.append("trial", {"index": index, "text": "größer"}, "2026-01-01")
    log.close()
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return written(tmp_path / "log.jsonl")


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_an_untouched_log_is_intact_and_goes_on_after_reopening(log: Path) -> None:
    first = verify(log)
    assert (first.lines, first.whole, first.torn) == (5, True, False)
    written(log, 3)
    second = verify(log, first.head)
    assert second.lines == 8 and second.head != first.head
    entries = [json.loads(line) for line in lines(log)]
    assert entries[0]["prev"] == GENESIS
    assert [entry["seq"] for entry in entries] == list(range(8))


@given(st.data())
def test_any_change_of_a_byte_is_found_and_its_line_named(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "log.jsonl")
        raw = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(raw) - 2))  # the very last line end may be lost in a crash
        other = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[place]))
        raw[place] = other
        path.write_bytes(raw)
        with pytest.raises(Tampered, match="line"):
            verify(path)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_removed_line_is_found(log: Path, number: int) -> None:
    kept = lines(log)
    del kept[number - 1]
    log.write_bytes(b"".join(kept))
    if number == 1:
        assert not verify(log).whole
    else:
        with pytest.raises(Tampered, match=f"line {number}: does not follow"):
            verify(log)


def test_lines_in_another_order_twice_or_forged_are_found(log: Path) -> None:
    kept = lines(log)
    log.write_bytes(b"".join([*kept[:2], kept[3], kept[2], kept[4]]))
    with pytest.raises(Tampered, match="line 3"):
        verify(log)
    log.write_bytes(b"".join([*kept[:2], kept[1], *kept[2:]]))
    with pytest.raises(Tampered, match="line 3"):
        verify(log)
    forged = json.loads(kept[2])
    forged["index"] = 99
    log.write_bytes(b"".join([*kept[:2], json.dumps(forged).encode() + b"\n", *kept[3:]]))
    with pytest.raises(Tampered, match="line 3: altered"):
        verify(log)


def test_lines_cut_off_at_the_end_are_found_by_a_noted_head(log: Path) -> None:
    head = verify(log).head
    log.write_bytes(b"".join(lines(log)[:-1]))
    assert verify(log).lines == 4
    with pytest.raises(Tampered, match=head):
        verify(log, head)


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_torn_line_is_noted_and_the_chain_goes_on(log: Path, cut: int) -> None:
    whole = log.read_bytes()
    log.write_bytes(whole[:-cut])
    assert verify(log).torn is (cut > 1)
    written(log, 2)
    found = verify(log)
    events = [
        json.loads(line)["event"] for line in lines(log) if b'"event"' in line and line.endswith(b"}\n")
    ]
    assert not found.torn
    if cut > 1:
        assert found.lines == 4 + 1 + 2 and events[4] == TORN
        torn = lines(log)
        torn[4] = b"something else\n"
        log.write_bytes(b"".join(torn))
        with pytest.raises(Tampered, match="torn line before was altered"):
            verify(log)


def test_a_full_file_is_rotated_and_the_chain_goes_through_all(tmp_path: Path) -> None:
    log = written(tmp_path / "log.jsonl", 80, most_bytes=1500)
    assert len(rotated(log)) == audit.KEPT_FILES - 1
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < (1500 + 400) * audit.KEPT_FILES
    found = verify(log)
    assert not found.whole and found.lines > 30
    written(log, 1, most_bytes=MUCH)
    assert verify(log, found.head).lines == found.lines + 1
    middle = rotated(log)[3]
    middle.write_bytes(middle.read_bytes().replace(b'"trial"', b'"trail"', 1))
    with pytest.raises(Tampered, match=f"{middle.name}: line 1"):
        verify(log)


def test_the_first_file_of_a_chain_after_a_rotation_may_be_empty(tmp_path: Path) -> None:
    log = written(tmp_path / "log.jsonl", 1, most_bytes=10)
    assert log.read_bytes() == b"" and verify(log).lines == 1
    written(log, 1)
    assert verify(log).lines == 2


def test_a_log_that_cannot_be_written_or_is_held_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="set audit_log"):
        AuditFile(tmp_path / "file" / "log.jsonl", MUCH)
    held = AuditFile(tmp_path / "log.jsonl", MUCH)
    with pytest.raises(InputError, match="another process"):
        AuditFile(tmp_path / "log.jsonl", MUCH)
    held.close()


def test_a_writer_that_is_killed_leaves_an_intact_chain(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    code = (
        "import sys\nfrom pathlib import Path\nfrom mm_robot.safety.audit_writer import AuditWriter\n"
        "writer = AuditWriter(Path(sys.argv[1]), 10**7)\nindex = 0\nprint('ready', flush=True)\n"
        "while True:\n    writer.write('trial', {'index': index, 'text': 'x' * 500}); index += 1\n"
    )
    total = 0
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None and process.stdout.readline()
        time.sleep(0.2)
        process.kill()
        process.wait()
        process.stdout.close()
        written(path, 1, 10**7)
        found = verify(path)
        assert found.lines > total + 2
        total = found.lines


def test_the_writer_writes_in_order_and_never_waits(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    writer = AuditWriter(path, MUCH * 10, clock=lambda: "then")
    longest = 0.0
    for index in range(2000):
        began = time.perf_counter()
        writer.write("trial", {"index": index})
        longest = max(longest, time.perf_counter() - began)
    writer.close()
    assert [json.loads(line)["index"] for line in lines(path)] == list(range(2000))
    assert writer.head == verify(path).head and not writer.problem
    assert longest < 0.5


def test_a_full_disk_is_told_and_the_entries_left_out_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    writer = AuditWriter(path, MUCH)
    original = AuditFile.append
    full = True

    def append(self: AuditFile, *arguments: object) -> None:
        if full:
            raise OSError(28, "No space left on device")
        original(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(AuditFile, "append", append)
    writer.write("lost", {})
    end = time.monotonic() + 5
    while not writer.problem and time.monotonic() < end:
        time.sleep(0.01)
    assert "No space left" in writer.problem
    full = False
    writer.write("kept", {})
    writer.close()
    events = [json.loads(line)["event"] for line in lines(path)]
    assert "kept" in events and "left out" in events and not writer.problem


def test_the_command_tells_intact_from_tampered_by_its_status(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = verify(log).head
    assert cli.main(["audit", "verify", str(log), "--head", head]) == 0
    assert f"5 lines, head {head}" in capsys.readouterr().out
    log.write_bytes(log.read_bytes().replace(b'"index":2', b'"index":7'))
    assert cli.main(["audit", "verify", str(log)]) == 1
    assert "log.jsonl: line 3: altered" in capsys.readouterr().err
    assert cli.main(["audit", "verify", str(log.parent / "none")]) == 2
    assert cli.main(["audit", "repair", str(log)]) == 2


def test_the_log_is_for_its_owner_alone(log: Path) -> None:
    assert os.stat(log).st_mode & 0o077 == 0
