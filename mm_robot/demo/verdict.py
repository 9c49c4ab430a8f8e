"""The judge: from the simulator's ground truth, whether the robot did what the sentence asks for."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from mm_robot.demo.record import Record
from mm_robot.demo.room import Target
from mm_robot.sim.scene import ROBOT_RADIUS, Thing, wrap_angle
from mm_robot.types import RobotState

REACHED_WITHIN = 0.5
FACING_WITHIN = math.radians(30.0)
STANDING_LINEAR = 0.02
STANDING_ANGULAR = 0.05


@dataclass(frozen=True)
class Verdict:
    """``success`` is None where no target was named, so that there is nothing to judge.

    ``distance`` m from the robot's edge to the surface of the target (or of the nearest thing
    without one), ``heading_error`` rad between the robot's heading and the thing; ``moved`` m and
    ``turned`` rad from start to end.
    """

    success: bool | None
    summary: str
    thing: str
    distance: float
    heading_error: float
    moved: float
    turned: float
    stands: bool
    touched: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain JSON data, angles in degrees."""
        data = asdict(self)
        data["heading_error_degrees"] = round(math.degrees(data.pop("heading_error")), 1)
        data["turned_degrees"] = round(math.degrees(data.pop("turned")), 1)
        data["distance"], data["moved"] = round(self.distance, 3), round(self.moved, 3)
        data["touched"] = list(self.touched)
        return data


def edge_distance(robot: RobotState, thing: Thing) -> float:
    """Return the distance from the robot's edge to the thing's surface, m."""
    return math.hypot(thing.x - robot.x, thing.y - robot.y) - ROBOT_RADIUS - thing.radius


def heading_error(robot: RobotState, thing: Thing) -> float:
    """Return the angle between the robot's heading and the thing, rad, unsigned."""
    return abs(wrap_angle(math.atan2(thing.y - robot.y, thing.x - robot.x) - robot.yaw))


def judge(record: Record, target: Target | None, heard: bool = True) -> Verdict:
    """Judge a finished episode; without a target, tell what happened.

    ``heard`` is False where the sentence never became an instruction.
    """
    robot = record.robot
    things = record.room.things
    candidates = [things[index] for index in record.room.find(target.colour, target.shape)] if target else []
    thing = min(candidates or things, key=lambda thing: edge_distance(robot, thing))
    distance, error = edge_distance(robot, thing), heading_error(robot, thing)
    stands = abs(robot.linear) < STANDING_LINEAR and abs(robot.angular) < STANDING_ANGULAR
    faults = []
    if record.touched:
        faults.append(f"it touched {', '.join(record.touched)}")
    state = record.status.get("state", "idle")
    if not heard:
        faults.append("it did not hear the sentence")
    elif state == "running":
        faults.append("it did not come to an end in time")
    elif state != "done":
        faults.append(f"it gave up ({state}: {record.status.get('reason') or 'no reason given'})")
    if not stands:
        faults.append("it still moves")
    if target is not None:
        if distance > REACHED_WITHIN:
            nearest = min(things, key=lambda thing: edge_distance(robot, thing))
            beside = f", {edge_distance(robot, nearest):.2f} m from the {nearest.name}"
            elsewhere = beside if nearest.name != target.name else ""
            faults.append(f"it is {distance:.2f} m from the {target.name}{elsewhere}")
        elif error > FACING_WITHIN:
            faults.append(f"it faces {math.degrees(error):.0f}° past the {target.name}")
    moved, turned = _moved(record), _turned(record)
    if target is None:
        success = None if heard and not record.touched else False
        told = f"reports {state}" if heard else "did not hear the sentence"
        summary = (
            f"The robot {told}; it moved {moved:.2f} m and turned {math.degrees(turned):+.0f}°. "
            f"The nearest thing is the {thing.name}, {distance:.2f} m away."
        )
        if record.touched:
            summary += f" It touched {', '.join(record.touched)}."
    else:
        success = not faults
        summary = (
            f"The robot stands {distance:.2f} m from the {target.name}, facing it."
            if success
            else f"The robot did not reach the {target.name}: {'; '.join(faults)}."
        )
    touched = tuple(record.touched)
    return Verdict(success, summary, thing.name, distance, error, moved, turned, stands, touched)


def _moved(record: Record) -> float:
    if not record.path:
        return 0.0
    start, end = record.path[0].robot, record.path[-1].robot
    return math.hypot(end.x - start.x, end.y - start.y)


def _turned(record: Record) -> float:
    steps = zip(record.path, record.path[1:], strict=False)
    return sum(wrap_angle(after.robot.yaw - before.robot.yaw) for before, after in steps)
