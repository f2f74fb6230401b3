"""The command of the benchmark: `BENCH_HOME=FOLDER python -m bench COMMAND ...`. bench/commands has its modules."""

from importlib import import_module

import click

COMMANDS = (
    "seed", "revisions", "queries", "exports", "costs", "sizes", "load", "start", "report", "compare", "calls",
    "polite_burst", "memory",
)  # fmt: skip


class ModuleGroup(click.Group):
    """Commands that are imported when they are called: each is the function `main` of its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - an interface of click
        """Return the names of the commands in the order in which `make bench-full` runs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of that name; null where there is none."""
        return import_module(f"bench.commands.{cmd_name}").main if cmd_name in COMMANDS else None


@click.command(cls=ModuleGroup)
def main() -> None:
    """Measure the service beside other software, over generated figures."""


if __name__ == "__main__":
    main(prog_name="python -m bench")
