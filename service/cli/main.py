"""The command group, and the exit codes of errors."""

import sys
from importlib import import_module

import click

from service.cli.reports.help import add_examples
from service.domain.text_rules import printable
from service.errors import InvalidFile, LoadInProgress, SourceUnavailable, TradeflowsError

EXIT_CODES = {InvalidFile: 65, SourceUnavailable: 69, LoadInProgress: 75}
COMMANDS = {
    "serve": (
        "serve",
        "Serve the API and the pages until stopped; without DATABASE_URL, start an embedded PostgreSQL too.",
    ),
    "migrate": ("serve", "Upgrade the schema and the reference tables of the database, and exit."),
    "roles": (
        "roles",
        "Create the database roles owner, loader and reader; the connected user needs the right to create roles.",
    ),
    "keys": ("keys", "Create, list, rotate and revoke API keys; TRADEFLOWS_AUTH=key requires them."),
    "load": ("load", "Load files; all files of one publication date become a release, in one transaction."),
    "fetch": ("fetch", "Download files of statistical offices, and load them."),
    "get": ("get", "Print the figures of a request, as a table, JSON or CSV."),
    "check": (
        "check",
        "Check the numbers in a text against the figures that were known on the day of the text.",
    ),
    "releases": ("releases", "List, show and withdraw releases; nothing is ever deleted."),
    "verify": ("verify", "Parse the archived files of every release again and compare each figure with the database."),
    "openapi": ("openapi", "Print the OpenAPI 3.1 document of the API."),
    "mcp": ("mcp", "Serve the tools for AI agents over standard input and output, as /mcp does over HTTP."),
}
"""The module and the summary of each command. A module is imported when its command runs: most import large packages.
The list of commands needs none of them."""


class _CommandGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module, _summary = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"service.cli.{module}"), cmd_name)
        return add_examples(command, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_module, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TradeflowsError as error:
            _print_error(str(error))
            for defect in error.file_errors if isinstance(error, InvalidFile) else ():
                click.echo(f"  {printable(str(defect))}", err=True)
            sys.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1))
        except BrokenPipeError:
            raise  # click ends quietly where the reader of the output has ended, as `head` does
        except OSError as error:
            _print_error(f"{error.filename or 'a file'}: {error.strerror or error}")
            sys.exit(74)
        except Exception as error:
            _exit_after_database_error(error)
            raise


def _exit_after_database_error(error: Exception) -> None:
    """End the command if the database has refused a statement."""
    from sqlalchemy.exc import DBAPIError, IntegrityError  # noqa: PLC0415 - help needs no database

    from service.db.diagnostics import database_message  # noqa: PLC0415

    if isinstance(error, DBAPIError):
        _print_error(f"the database refuses this: {database_message(error)}")
        sys.exit(65 if isinstance(error, IntegrityError) else 69)


def _print_error(message: str) -> None:
    """Print an error in one line."""
    click.echo(f"tradeflows: {printable(' '.join(message.splitlines()))}", err=True)


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="tradeflows")
def main() -> None:
    """International trade statistics as published on any date, over REST."""


add_examples(main, "")
