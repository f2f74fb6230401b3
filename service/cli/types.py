"""Types of command options, and the options that several commands share."""

from datetime import date
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
url_option = click.option(
    "--url", envvar="TRADEFLOWS_URL", help="URL of a running service.  [default: the database of DATABASE_URL]"
)
key_option = click.option(
    "--key", envvar="TRADEFLOWS_API_KEY", help="API key of that service; better in TRADEFLOWS_API_KEY."
)


class DayType(click.ParamType[date]):
    """The type of an option whose value is a calendar day, such as 2024-02-28."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day of an ISO 8601 date."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; a date reads 2024-02-28", param, ctx)
