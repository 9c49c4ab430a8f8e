"""Start the nodes of mm_robot: ``ros2 launch mm_robot bringup.launch.py sim:=true``.

What is started, and with which arguments, stands in ``mm_robot/bringup.py``.
"""

from __future__ import annotations

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from mm_robot.bringup import ARGUMENTS, RESPAWN_SECONDS, describe
from mm_robot.environment import process_variables


def start_nodes(context: LaunchContext) -> list[Node]:
    """The actions that start the nodes described for the launch arguments."""
    values = {argument.name: LaunchConfiguration(argument.name).perform(context) for argument in ARGUMENTS}
    return [
        Node(
            package="mm_robot",
            executable=node.name,
            name=node.name,
            namespace=node.namespace,
            parameters=[*([str(node.params_file)] if node.params_file else []), dict(node.parameters)],
            ros_arguments=node.ros_arguments(),
            respawn=node.respawn,
            respawn_delay=RESPAWN_SECONDS,
            output="screen",
        )
        for node in describe(values)
    ]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, set the environment, start the nodes."""
    arguments = [
        DeclareLaunchArgument(
            argument.name,
            default_value=argument.default,
            description=argument.description,
            choices=list(argument.choices) or None,
        )
        for argument in ARGUMENTS
    ]
    variables = [SetEnvironmentVariable(name, value) for name, value in process_variables().items()]
    return LaunchDescription([*arguments, *variables, OpaqueFunction(function=start_nodes)])
