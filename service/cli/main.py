"""The command group, and the exit codes of errors."""

import sys

import click

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
from service.errors import InvalidFile, LoadInProgress, SourceUnavailable, TradeflowsError

EXIT_CODES = {InvalidFile: 65, SourceUnavailable: 69, LoadInProgress: 75}


class _CommandGroup(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TradeflowsError as error:
            click.echo(f"tradeflows: {error}", err=True)
            for defect in error.file_errors if isinstance(error, InvalidFile) else ():
                click.echo(f"  {defect}", err=True)
            sys.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1))


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tradeflows")
def main() -> None:
    """International trade statistics over REST, with growth in every answer."""


for entries in (measures, indicators):
    load.add_command(entries)
for command in (serve, migrate, roles, keys, load, fetch, releases, verify, check, openapi, mcp):
    main.add_command(command)
