"""The command group, and the exit codes of errors."""

import sys
from importlib import import_module

import click
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.cli.reports.help import add_examples
from service.db.diagnostics import database_message
from service.domain.text_rules import printable
from service.errors import InvalidFile, LoadInProgress, SourceUnavailable, TradeflowsError

EXIT_CODES = {InvalidFile: 65, SourceUnavailable: 69, LoadInProgress: 75}
MODULES = {
    "serve": "serve",
    "migrate": "serve",
    "roles": "roles",
    "keys": "keys",
    "load": "load",
    "fetch": "fetch",
    "get": "get",
    "check": "check",
    "releases": "releases",
    "verify": "verify",
    "openapi": "openapi",
    "mcp": "mcp",
}
"""The module of each command, imported when the command runs: most of them import large packages."""


class _CommandGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in MODULES:
            return None
        command: click.Command = getattr(import_module(f"service.cli.{MODULES[cmd_name]}"), cmd_name)
        return add_examples(command, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TradeflowsError as error:
            _print_error(str(error))
            for defect in error.file_errors if isinstance(error, InvalidFile) else ():
                click.echo(f"  {printable(str(defect))}", err=True)
            sys.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1))
        except DBAPIError as error:
            _print_error(f"the database refuses this: {database_message(error)}")
            sys.exit(65 if isinstance(error, IntegrityError) else 69)
        except BrokenPipeError:
            raise  # click ends quietly where the reader of the output has ended, as `head` does
        except OSError as error:
            _print_error(f"{error.filename or 'a file'}: {error.strerror or error}")
            sys.exit(74)


def _print_error(message: str) -> None:
    """Print an error in one line."""
    click.echo(f"tradeflows: {printable(' '.join(message.splitlines()))}", err=True)


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="tradeflows")
def main() -> None:
    """International trade statistics as published on any date, over REST."""


add_examples(main, "")
