"""Facts beside the growth of one series, and the reader of the rows that they are made of."""

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
    """A figure of a fact: `name` is its column in a row at the fact's link. `row` is the key of that row, or null."""

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
    """One series in one period, and the rows of other resources on it; each request is made once.

    `row` is the row of the series in /v1/series.
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
        """Return the period."""
        period: str = self.row["period"]
        return period

    @property
    def period_name(self) -> str:
        """Return the period in words."""
        return format_period(self.period)

    @property
    def subject(self) -> str:
        """Return the series in words, `exports of passenger cars to China`."""
        commodity = "" if self.row["commodity"] == TOTAL_CODE else f" of {self.row['commodity_name']}"
        return f"{self.flow_name}{commodity}{self.partner_phrase(self.row)}"

    @property
    def has_republished_periods(self) -> bool:
        """Return whether the dataset published another period of the flow twice, so that revisions can be seen."""
        reference = self.context.reference
        release = next((each for each in reference.releases.values() if each.code == self.row["release"]), None)
        if release is None:
            return False
        calendar = reference.publication_calendar(self.context.session, release.dataset_id)
        this_period = FLOWS[self.row["flow"]], parse_period(self.period).first_month
        return any(key[0] == this_period[0] and key != this_period for key in calendar.republished_periods)

    def partner_phrase(self, row: Mapping[str, Any]) -> str:
        """Return ` to China`, ` from China`, or nothing for the World."""
        if row["partner"] == WORLD_CODE:
            return ""
        return f" {FLOW_PREPOSITIONS[self.row['flow']]} {format_area(row['partner_name'])}{describe_members(row)}"

    def link(self, path: str, **parameters: str | None) -> str:
        """Return the URL of a request on the series, with other parameters replaced; null ones are left out."""
        return build_url(path, {**self.parameters, **parameters})

    def rows(self, url: str) -> list[FactRow]:
        """Return the rows of a request; none where the data do not have what it asks for."""
        if url not in self._rows:
            try:
                self._rows[url] = self.context.services.fetch(self.context, url).rows()
            except InvalidRequest:
                self._rows[url] = []
        return self._rows[url]
