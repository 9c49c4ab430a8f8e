"""The driver core: what runs, what is dropped, and when the robot stands."""

from __future__ import annotations

import numpy as np
import pytest

from mm_robot.model.driver import Command, Driver, Timeouts
from mm_robot.types import Decision, Outcome, RobotState, Skill

IMAGE = np.zeros((4, 4, 3), np.uint8)
ROBOT = RobotState()
AHEAD = Decision(np.tile(np.array([0.3, 0.1], np.float32), (8, 1)), skill=Skill.GO_TO)


class Drive:
    """A driver with one time for everything, a camera and odometry that never fall silent."""

    def __init__(self) -> None:
        self.driver = Driver(Timeouts(task=60.0))
        self.now = 10.0

    def start(self, text: str = "go on") -> int:
        self.driver.instruct(text, "instruction", self.now)
        return self.driver.status.instruction_id

    def decide(self, decision: Decision = AHEAD, task: int | None = None) -> bool:
        number, _ = self.driver.observe(IMAGE, ROBOT, self.now, self.now)
        return self.driver.accept(decision, number if task is None else task, self.now, self.now)

    def command(self, after: float = 0.05, **silence: float) -> Command:
        self.now += after
        camera, odometry = self.now - silence.get("camera", 0.0), self.now - silence.get("odometry", 0.0)
        return self.driver.command(silence.get("clock", self.now), self.now, camera, odometry)


@pytest.fixture
def drive() -> Drive:
    return Drive()


def test_drives_by_the_decision_and_tells_the_age_of_its_frame(drive: Drive) -> None:
    drive.start()
    drive.decide()
    command = drive.command(after=0.05)
    assert (command.linear, command.angular) == pytest.approx((0.3, 0.1))
    assert command.age == pytest.approx(0.05)
    assert command.hold == ""


def test_stands_while_idle_whatever_is_decided(drive: Drive) -> None:
    number, observation = drive.driver.observe(IMAGE, ROBOT, drive.now, drive.now)
    assert (number, observation.instruction) == (0, "")
    assert not drive.driver.accept(AHEAD, number, drive.now, drive.now)
    assert drive.command() == Command()


def test_a_new_instruction_stands_until_its_own_decision(drive: Drive) -> None:
    drive.start()
    drive.decide()
    old = drive.driver.status.instruction_id
    drive.start("something else")
    assert drive.command() == Command()
    drive.decide(task=old)
    assert drive.command() == Command()
    drive.decide()
    assert drive.command().linear > 0.0


def test_a_new_instruction_starts_from_a_blank_task_state(drive: Drive) -> None:
    drive.start()
    drive.driver.observe(IMAGE, ROBOT, drive.now, drive.now)
    _, observation = drive.driver.observe(IMAGE, RobotState(x=1.0), drive.now, drive.now + 1.0)
    assert observation.task.travelled == pytest.approx(1.0)
    drive.start("again")
    _, observation = drive.driver.observe(IMAGE, RobotState(x=1.0), drive.now, drive.now + 2.0)
    assert observation.task.travelled == 0.0
    assert observation.task.elapsed == 0.0


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.ABSENT, Outcome.UNABLE, Outcome.REFUSED])
def test_every_outcome_ends_the_task_standing(drive: Drive, outcome: Outcome) -> None:
    drive.start()
    drive.decide()
    assert drive.decide(Decision(AHEAD.actions, outcome=outcome, reason="because"))
    assert drive.command() == Command()
    status = drive.driver.status
    assert (status.state, status.reason) == (outcome.value, "because")
    drive.decide()
    assert drive.command() == Command()


def test_stop_ends_the_task(drive: Drive) -> None:
    drive.start()
    drive.decide()
    assert drive.driver.stop("stopped")
    assert drive.command() == Command()
    assert drive.driver.status.reason == "stopped"
    assert not drive.driver.stop("again")


@pytest.mark.parametrize(("what", "seconds"), [("camera", 0.31), ("odometry", 0.51)])
def test_silence_holds_the_robot_and_fresh_data_let_it_go_on(drive: Drive, what: str, seconds: float) -> None:
    drive.start()
    drive.decide()
    command = drive.command(**{what: seconds})
    assert (command.linear, command.angular) == (0.0, 0.0)
    assert f"{what} silent" in command.hold
    assert drive.command().linear == 0.0, "the old chunk must not be resumed"
    drive.decide()
    assert drive.command().linear > 0.0


def test_a_decision_from_an_old_frame_does_not_drive(drive: Drive) -> None:
    drive.start()
    number, _ = drive.driver.observe(IMAGE, ROBOT, drive.now, drive.now)
    drive.driver.accept(AHEAD, number, drive.now, drive.now + 0.6)
    command = drive.command(after=0.6)
    assert command.linear == 0.0
    assert "late" in command.hold


def test_without_new_decisions_the_chunk_runs_out(drive: Drive) -> None:
    drive.start()
    drive.decide(Decision(AHEAD.actions[:2]))
    assert drive.command(after=0.1).linear > 0.0
    assert drive.command(after=0.15) == Command()


def test_a_clock_that_stands_still_holds_the_robot(drive: Drive) -> None:
    drive.start()
    drive.decide()
    stood = drive.now
    holds = [drive.command(after=0.05, clock=stood).hold for _ in range(8)]
    assert holds[0] == ""
    assert "clock" in holds[-1]


def test_a_clock_that_is_set_back_ends_the_task(drive: Drive) -> None:
    drive.start()
    drive.decide()
    drive.command()
    drive.command(clock=1.0)
    assert drive.driver.status.state == "idle"
    assert "set back" in drive.driver.status.reason


def test_a_task_is_given_up_after_its_time(drive: Drive) -> None:
    drive.start()
    drive.decide()
    drive.command(after=61.0)
    assert drive.driver.status.state == "idle"
    assert "gave up" in drive.driver.status.reason


def test_a_broken_chunk_is_refused_and_the_robot_stands(drive: Drive) -> None:
    drive.start()
    drive.decide()
    with pytest.raises(ValueError, match="finite"):
        drive.decide(Decision(np.full((2, 2), np.nan, np.float32)))
    assert drive.command().linear == 0.0


def test_stands_while_the_camera_is_frozen_until_it_sends_another_picture(drive: Drive) -> None:
    drive.start()
    holds = []
    for image in [IMAGE] * 9 + [IMAGE + 1]:
        task, _ = drive.driver.observe(image, RobotState(linear=0.3), drive.now, drive.now)
        drive.driver.accept(AHEAD, task, drive.now, drive.now)
        holds.append(drive.command(after=0.1).hold)
    assert holds[:6] == [""] * 6 and holds[-1] == ""
    assert all("same picture" in hold for hold in holds[6:9])


@pytest.mark.parametrize(
    ("speed", "skill", "ended"),
    [(0.0, Skill.MOVE, True), (0.3, Skill.MOVE, False), (0.0, Skill.GO_TO, False)],
)
def test_a_move_that_something_blocks_ends_short(
    drive: Drive, speed: float, skill: Skill, ended: bool
) -> None:
    drive.start()
    ahead = Decision(AHEAD.actions, skill=skill)
    for _ in range(40):
        number, _observation = drive.driver.observe(IMAGE, RobotState(linear=speed), drive.now, drive.now)
        drive.driver.accept(ahead, number, drive.now, drive.now)
        drive.command(after=0.1)
    status = drive.driver.status
    assert (status.state == "done") is ended
    assert ("in the way" in status.reason) is ended


def stuck(drive: Drive, skill: Skill, speed: float = 0.0, seconds: float = 4.0) -> list[Command]:
    """What is commanded to a robot that is to drive, at the speed that it has."""
    drive.start()
    commands = []
    for _ in range(round(seconds / 0.1)):
        robot = RobotState(linear=speed)
        number, _ = drive.driver.observe(IMAGE, robot, drive.now, drive.now)
        drive.driver.accept(Decision(AHEAD.actions, skill=skill), number, drive.now, drive.now)
        commands.append(drive.command(after=0.1))
    return commands


@pytest.mark.parametrize("skill", [Skill.GO_TO, Skill.FOLLOW])
def test_a_robot_that_cannot_go_on_backs_off_and_tries_again(drive: Drive, skill: Skill) -> None:
    commands = stuck(drive, skill, seconds=7.0)
    assert all(c.linear > 0 for c in commands[:30])
    assert sum(c.linear < 0 for c in commands) == pytest.approx(20, abs=2)
    assert all(c.angular == 0 for c in commands if c.linear < 0)
    assert commands[-1].linear > 0
    assert drive.driver.status.state == "running"


def test_a_robot_that_drives_does_not_back_off(drive: Drive) -> None:
    assert all(c.linear >= 0 for c in stuck(drive, Skill.GO_TO, speed=0.2, seconds=7.0))


def test_a_straight_way_ends_before_what_stands_in_it(drive: Drive) -> None:
    commands = stuck(drive, Skill.MOVE)
    assert all(c.linear >= 0 for c in commands)
    assert (drive.driver.status.state, drive.driver.status.reason) == (
        "done",
        "stopped short: something is in the way",
    )
