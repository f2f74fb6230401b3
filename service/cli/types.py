"""The calendar day as a type of command options."""

from datetime import date
from typing import Any

import click


class DayType(click.ParamType[date]):
    """A calendar day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day of an ISO 8601 date."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write 2024-02-28", param, ctx)
