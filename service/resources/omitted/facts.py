"""Facts that put the growth of one series in context, and the reader of the rows from which they are derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOW_PREPOSITIONS, FLOWS
from service.domain.periods import parse_period
from service.domain.text import describe_members, format_area, format_period
from service.errors import InvalidRequest

FACT_FLOW_NAMES = {"X": "exports", "M": "imports"}
FactRow = dict[str, Any]


@dataclass(frozen=True)
class FactFigure:
    """A figure of a fact. `name` is its column in the response at the fact's link.

    `row` is the key of the row with the figure in this response; null where the response has only one row.
    """

    name: str
    value: float | int | str | None
    unit: str
    row: str | None = None


@dataclass(frozen=True)
class Fact:
    """A fact that a headline leaves out: one sentence, its figures, and the URL of the request that returns them."""

    kind: str
    sentence: str
    link: str
    figures: tuple[FactFigure, ...] = ()


@dataclass
class SeriesFacts:
    """One series in one period, for which facts are sought, and a reader of rows of other resources about the series.

    `row` is the row of the series and period in /v1/series. `parameters` are the query parameters that select them.
    Each request is made once; its rows are kept.
    """

    context: Context
    parameters: Mapping[str, str | None]
    row: FactRow
    _rows: dict[str, list[FactRow]] = field(default_factory=dict)

    @property
    def flow_name(self) -> str:
        """Return `exports` or `imports`."""
        return FACT_FLOW_NAMES[self.row["flow"]]

    @property
    def period(self) -> str:
        """Return the code of the period."""
        period: str = self.row["period"]
        return period

    @property
    def period_name(self) -> str:
        """Return the period in words."""
        return format_period(self.period)

    @property
    def subject(self) -> str:
        """Return the series in words, such as `exports of passenger cars to China`."""
        commodity = "" if self.row["commodity"] == TOTAL_CODE else f" of {self.row['commodity_name']}"
        return f"{self.flow_name}{commodity}{self.partner_phrase(self.row)}"

    @property
    def has_republished_periods(self) -> bool:
        """Return whether the dataset published any other period of the flow more than once.

        If it did not, no figure can have been revised.
        """
        reference = self.context.reference
        release = next((each for each in reference.releases.values() if each.code == self.row["release"]), None)
        if release is None:
            return False
        calendar = reference.publication_calendar(self.context.session, release.dataset_id)
        this_period = FLOWS[self.row["flow"]], parse_period(self.period).first_month
        return any(key[0] == this_period[0] and key != this_period for key in calendar.republished_periods)

    def partner_phrase(self, row: Mapping[str, Any]) -> str:
        """Return the partner of a row in words with a leading space, such as ` to China`; an empty text for World."""
        if row["partner"] == WORLD_CODE:
            return ""
        return f" {FLOW_PREPOSITIONS[self.row['flow']]} {format_area(row['partner_name'])}{describe_members(row)}"

    def link(self, path: str, **parameters: str | None) -> str:
        """Return the URL of a request on the series. `parameters` replace those of the series; null removes one."""
        return build_url(path, {**self.parameters, **parameters})

    def rows(self, url: str) -> list[FactRow]:
        """Return the rows of the request at `url`; none where the request is invalid for the loaded data."""
        if url not in self._rows:
            try:
                self._rows[url] = self.context.fetch_resource(url).rows()
            except InvalidRequest:
                self._rows[url] = []
        return self._rows[url]
