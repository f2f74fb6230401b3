"""The reference pages list every command and every problem type."""

import re
from pathlib import Path

import click

from service.api.problems.types import PROBLEM_TYPES
from service.cli.main import main

REFERENCE_FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def command_names(command, *path):
    """Return the full names of the commands below a group."""
    if not isinstance(command, click.Group):
        return {" ".join(path)}
    context = click.Context(command)
    subcommands = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return set().union(*(command_names(each, *path, name) for name, each in subcommands.items()))


def test_the_reference_lists_every_command():
    page = (REFERENCE_FOLDER / "commands.md").read_text()

    assert set(re.findall(r"^\| `(tradeflows [a-z -]+)` \|", page, re.MULTILINE)) == command_names(main, "tradeflows")


def test_the_reference_has_every_problem_type_with_status_and_title():
    page = (REFERENCE_FOLDER / "problem-types.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| ([^|]+) \|", page, re.MULTILINE)

    assert rows == [(each.slug, str(each.status), each.title) for each in PROBLEM_TYPES.values()]
