"""The help of every command: a summary in full, an example that can be parsed, and a page of the documentation."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from service.cli.main import COMMANDS, main
from service.cli.reports.help import EXAMPLES

ROOT = Path(__file__).parents[2]


def find_command(path):
    command = main
    for name in path.split():
        command = command.get_command(click.Context(command), name)
    return command


def all_paths(command=main, path=""):
    if not isinstance(command, click.Group):
        return {path}
    context = click.Context(command)
    names = command.list_commands(context)
    return {path}.union(*(all_paths(command.get_command(context, name), f"{path} {name}".strip()) for name in names))


def test_every_command_has_an_example_and_no_other_has():
    assert set(EXAMPLES) == all_paths()


def test_the_list_of_commands_has_the_summary_of_each():
    assert {name: summary for name, (_module, summary) in COMMANDS.items()} == {
        name: find_command(name).short_help for name in COMMANDS
    }


@pytest.mark.process
def test_the_list_of_commands_imports_neither_the_service_nor_the_database():
    program = "import sys; from service.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"sqlalchemy", "flask", "numpy", "alembic", "psycopg"} & set(shown.stdout.split())


@pytest.mark.parametrize("path", sorted(EXAMPLES))
def test_the_help_names_a_page_and_an_example_that_can_be_parsed(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, page = EXAMPLES[path]
    for name in arguments.split():
        if Path(name).suffix in {".csv", ".json", ".toml", ".txt"}:
            Path(name).touch()

    shown = CliRunner().invoke(main, [*path.split(), "--help"])
    command = find_command(path)
    with command.make_context("tradeflows", arguments.split()):
        pass

    assert shown.exit_code == 0
    assert f"Documentation: {page}" in shown.output
    assert (ROOT / page).is_file()


@pytest.mark.parametrize("arguments", [[], ["load"], ["keys"], ["releases"], ["fetch"]])
def test_summaries_are_not_cut_off(arguments):
    summaries = CliRunner().invoke(main, [*arguments, "--help"]).output.split("Commands:")[1]

    assert "..." not in summaries


@pytest.mark.parametrize(("typed", "meant"), [("laod demo", "load"), ("load baic", "baci")])
def test_a_misspelt_command_names_the_similar_one(typed, meant):
    result = CliRunner().invoke(main, typed.split())
    assert result.exit_code == 2
    assert f"Did you mean '{meant}'?" in result.output
