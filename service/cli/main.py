"""The command group, and the exit codes of errors."""

import sys

import click
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.cli.check import check
from service.cli.fetch import fetch
from service.cli.keys import keys
from service.cli.load import load
from service.cli.load_annotations import indicators, measures
from service.cli.mcp import mcp
from service.cli.openapi import openapi
from service.cli.releases import releases
from service.cli.roles import roles
from service.cli.serve import migrate, serve
from service.cli.verify import verify
from service.db.diagnostics import database_message
from service.domain.text_rules import printable
from service.errors import InvalidFile, LoadInProgress, SourceUnavailable, TradeflowsError

EXIT_CODES = {InvalidFile: 65, SourceUnavailable: 69, LoadInProgress: 75}


class _CommandGroup(click.Group):
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
        except OSError as error:
            _print_error(f"{error.filename or 'a file'}: {error.strerror or error}")
            sys.exit(74)


def _print_error(message: str) -> None:
    """Print an error in one line."""
    click.echo(f"tradeflows: {printable(' '.join(message.splitlines()))}", err=True)


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tradeflows")
def main() -> None:
    """International trade statistics as published on any date, over REST."""


for entries in (measures, indicators):
    load.add_command(entries)
for command in (serve, migrate, roles, keys, load, fetch, releases, verify, check, openapi, mcp):
    main.add_command(command)
