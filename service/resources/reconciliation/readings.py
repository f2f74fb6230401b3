"""The readings of one figure: other vintages, exchange rates, datasets, flows, compositions, and the mirror."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.codes import WORLD_CODE
from service.domain.periods import first_day, parse_period
from service.errors import InvalidRequest

ReadingRow = Mapping[str, Any]
RELATED_FLOWS = {"X": ("DX", "RX"), "M": ("RM",), "DX": ("X",), "RX": ("X",), "RM": ("M",)}
FLOW_DESCRIPTIONS = {
    "X": "All exports, re-exports among them.",
    "M": "All imports, re-imports among them.",
    "DX": "Domestic exports, without re-exports.",
    "RX": "Re-exports alone.",
    "RM": "Re-imports alone.",
}
GROUP_KIND = "group"


@dataclass(frozen=True)
class Reading:
    """One way to state a figure, such as the figure of an older release, or that of the partner's report.

    `row` is its row in the response at the URL `link`. `reason` states in words why it can differ from the requested
    figure.
    """

    kind: str
    reason: str
    row: ReadingRow
    link: str


@dataclass(frozen=True)
class ReadingReader:
    """Reader of all readings of one figure: the figure as requested, and other ways to state it.

    `parameters` are the query parameters of /v1/series that select the figure.
    """

    context: Context
    parameters: Mapping[str, str | None]

    def reference(self) -> Reading | None:
        """Return the figure as requested, with which all other readings are compared; null where it is not published.

        :raises InvalidRequest: a code is unknown.
        """
        link = build_url("/v1/series", self.parameters)
        return _newest_reading("reference", "The figure as requested.", self._fetch(link), link)

    def others(self, reference: Reading) -> Iterator[Reading]:
        """Yield every reading of the figure other than the reference."""
        yield from self._vintages(reference)
        yield from self._exchange_rates()
        yield from self._datasets(reference)
        for flow in RELATED_FLOWS[str(self.parameters["flow"])]:
            yield from self._published_readings("flow", FLOW_DESCRIPTIONS[flow], flow=flow)
        yield from self._compositions()
        yield from self._mirror()

    def _vintages(self, reference: Reading) -> Iterator[Reading]:
        link = build_url("/v1/revisions", {**self.parameters, "as_of": None})
        rows = self._rows(link)
        for row in rows:
            is_reference = row["value"] == reference.row["value"] and row["yoy_pct"] == reference.row["yoy_pct"]
            if not is_reference:
                day_link = build_url("/v1/series", {**self.parameters, "as_of": row["known_from"]})
                yield Reading("vintage", f"As known on {row['known_from']}.", row, day_link)

    def _exchange_rates(self) -> Iterator[Reading]:
        if self.parameters.get("currency") is not None:
            yield from self._published_readings("exchange_rate", "At the last rate of the period.", fx="end")
            for release in self.context.reference.releases.values():
                if self._is_first_release(release.published_on.isoformat()):
                    day = release.published_on.isoformat()
                    yield from self._published_readings(
                        "exchange_rate", f"At the rate of {day}, the day of a release.", fx=day
                    )

    def _is_first_release(self, day: str) -> bool:
        period = parse_period(str(self.parameters["period"]))
        end = first_day(period.first_month + period.months).isoformat()
        later_end = first_day(period.first_month + period.months + 2).isoformat()
        return end <= day < later_end

    def _datasets(self, reference: Reading) -> Iterator[Reading]:
        area = self.context.find_area("reporter", str(self.parameters["reporter"]))
        for dataset in self.context.reference.datasets_by_reporter.get(area.id, ()):
            for reading in self._published_readings(
                "dataset", f"Dataset {dataset.code}: {dataset.title}.", dataset=dataset.code
            ):
                if reading.row["release"] != reference.row["release"]:
                    yield reading

    def _compositions(self) -> Iterator[Reading]:
        partner = self.context.find_area("partner", str(self.parameters["partner"]))
        if partner.kind == GROUP_KIND:
            day = first_day(parse_period(str(self.parameters["period"])).first_month).isoformat()
            for reading in self._published_readings("composition", f"The sum of members of {day}.", composition=day):
                yield _describe_members(reading)

    def _mirror(self) -> Iterator[Reading]:
        if self.parameters["partner"] == WORLD_CODE or self.parameters["flow"] not in {"X", "M"}:
            return
        link = build_url("/v1/mirror", {**self.parameters, "dataset": None})
        for row in self._rows(link):
            if row["mirror_value"] is not None:
                mirror_row = {
                    "value": row["mirror_value"],
                    "currency": row["currency"],
                    "valuation": row.get("mirror_valuation"),
                    "obs_status": row.get("mirror_obs_status"),
                    "release": row.get("mirror_release"),
                    "yoy_pct": row.get("mirror_yoy_pct"),
                    "exchange_rate": row.get("mirror_exchange_rate"),
                }
                yield Reading("mirror", "The partner's own report of the same trade.", mirror_row, link)

    def _published_readings(self, kind: str, reason: str, **parameters: str) -> Iterator[Reading]:
        reading = self._series_reading(kind, reason, **parameters)
        if reading is not None:
            yield reading

    def _series_reading(self, kind: str, reason: str, **parameters: str) -> Reading | None:
        link = build_url("/v1/series", {**self.parameters, **parameters})
        return _newest_reading(kind, reason, self._rows(link), link)

    def _rows(self, link: str) -> list[ReadingRow]:
        try:
            return self._fetch(link)
        except InvalidRequest:
            return []  # the reading does not exist in the data

    def _fetch(self, link: str) -> list[ReadingRow]:
        rows: list[ReadingRow] = self.context.fetch_resource(link).rows()
        return rows


def _newest_reading(kind: str, reason: str, rows: Sequence[ReadingRow], link: str) -> Reading | None:
    published_rows = [row for row in rows if row["value"] is not None]
    return Reading(kind, reason, published_rows[-1], link) if published_rows else None


def _describe_members(reading: Reading) -> Reading:
    """Return the reading of a group with the number of members that its sum lacks, if there are any."""
    missing = len(reading.row["members_missing"] or ())
    return replace(reading, reason=f"{reading.reason} {missing} members are not in the data.") if missing else reading
