"""The first page: headline figures of every reporter, examples, and the loaded datasets with their newest periods."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from markupsafe import Markup

from service.api.charts.findings import describe_balance
from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import parse_period
from service.domain.text import format_area, format_date, format_growth, format_money, format_period, possessive
from service.resources.pages.query import resolve_query
from service.resources.pages.sparkline import sparkline

MAX_REPORTERS = 12
SPARKLINE_PERIODS = 25
MIN_RELEASES_OF_A_RHYTHM = 3
DatasetRow = Mapping[str, Any]


@dataclass(frozen=True)
class HeadlineFigure:
    """A headline figure in words, with its growth, a sparkline of its time series, and the URL of its page."""

    name: str
    value: str
    growth: str
    course: Markup
    url: str


@dataclass(frozen=True)
class ReporterCard:
    """The headline figures of a reporter in its newest period, and the URL of the briefing on it."""

    name: str
    period: str
    figures: Sequence[HeadlineFigure]
    briefing_url: str


@dataclass(frozen=True)
class LoadedDataset:
    """A loaded dataset: its newest period, the day of its newest release, and the day on which the next one is due."""

    row: DatasetRow
    span: str
    published_on: str
    next_due: str | None


@dataclass(frozen=True)
class Landing:
    """The content of the first page; without datasets everything is empty."""

    cards: Sequence[ReporterCard] = ()
    examples: Sequence[tuple[str, str]] = ()
    datasets: Sequence[LoadedDataset] = ()


def load_landing(context: Context, _plan: Plan) -> Landing:
    """Return the content of the first page."""
    rows = [row for row in context.fetch_resource("/v1/reporters?limit=10000").rows() if row["latest_period"]]
    rows.sort(key=lambda row: (row["latest_period"], row["classification"] != "TOTAL"), reverse=True)
    newest_rows = list({row["reporter"]: row for row in reversed(rows)}.values())[::-1]
    several = {code for code, count in Counter(row["reporter"] for row in rows).items() if count > 1}
    cards = [
        card
        for row in newest_rows[:MAX_REPORTERS]
        if (card := _reporter_card(context, row, names_dataset=row["reporter"] in several))
    ]
    examples = list(_examples(context, newest_rows[0])) if newest_rows else []
    return Landing(cards, examples, [_loaded_dataset(context, row) for row in rows])


LANDING = DocumentResource(load_landing)


def _reporter_card(context: Context, dataset: DatasetRow, *, names_dataset: bool) -> ReporterCard | None:
    """Return the card of a reporter; null where neither flow has a total.

    `names_dataset` says that the reporter has several datasets, so that links have to name this one.
    """
    months, latest = MONTHS_PER_PERIOD[dataset["frequency"]], dataset["latest_period"]
    first = str(parse_period(latest).shift(-(SPARKLINE_PERIODS - 1) * months))
    shared = {"reporter": dataset["reporter"], "frequency": dataset["frequency"]}
    if names_dataset:
        shared["dataset"] = dataset["dataset"]
    url = build_url("/v1/balances", {**shared, "period": f"{first}..{latest}"})
    rows = context.fetch_resource(url).rows()
    if not rows:
        return None
    figures = [
        _figure(context, "Exports", rows, "exports_value", rows[-1]["exports_yoy_pct"], {**shared, "flow": "X"}),
        _figure(context, "Imports", rows, "imports_value", rows[-1]["imports_yoy_pct"], {**shared, "flow": "M"}),
        _figure(context, "Balance", rows, "balance", None, {**shared, "view": "balances"}),
    ]
    briefing_url = build_url(f"/v1/briefings/{dataset['reporter']}/{latest}", {"format": "html"})
    known_figures = [figure for figure in figures if figure is not None]
    return (
        ReporterCard(dataset["reporter_name"], format_period(latest), known_figures, briefing_url)
        if known_figures
        else None
    )


def _figure(
    context: Context,
    name: str,
    rows: Sequence[DatasetRow],
    column: str,
    yoy_pct: float | None,
    arguments: Mapping[str, str],
) -> HeadlineFigure | None:
    row = rows[-1]
    if row[column] is None:
        return None
    url = resolve_query(context, {key: [value] for key, value in arguments.items()}).url()
    course = sparkline(_values_by_period(rows, column))
    if column == "balance":
        value = describe_balance(row["balance"], row["currency"]).removeprefix("a ")
        base = row["balance_base"] if row["balance_status"] == "ok" else None
        growth = "" if base is None else f"{describe_balance(base, row['currency']).removeprefix('a ')} a year earlier"
        return HeadlineFigure(name, f"{value[:1].upper()}{value[1:]}", growth, course, url)
    growth = "no growth known" if yoy_pct is None else f"{format_growth(yoy_pct)} from a year earlier"
    return HeadlineFigure(name, format_money(row[column], row["currency"]), growth, course, url)


def _values_by_period(rows: Sequence[DatasetRow], column: str) -> list[float | None]:
    """Return a value for each period from the first row to the last; null for a period without a row."""
    values = {parse_period(row["period"]).first_month: row[column] for row in rows}
    return [values.get(month) for month in range(min(values), max(values) + 1, parse_period(rows[0]["period"]).months)]


def _examples(context: Context, dataset: DatasetRow) -> Iterator[tuple[str, str]]:
    """Yield example questions with the URLs of the pages that answer them."""
    name = possessive(dataset["reporter_name"])
    owner = f"{name[:1].upper()}{name[1:]}"
    shared = {"reporter": dataset["reporter"], "frequency": dataset["frequency"]}
    url = build_url("/v1/partners", {**shared, "flow": "X", "period": dataset["latest_period"], "limit": "2"})
    partners = context.fetch_resource(url).rows()

    def link(**arguments: str) -> str:
        return resolve_query(context, {name: [value] for name, value in {**shared, **arguments}.items()}).url()

    yield f"{owner} exports and imports since the figures begin", link(flow="X,M")
    if partners:
        names = [format_area(row["partner_name"]) for row in partners]
        codes = [row["partner"] for row in partners]
        yield f"Which partners moved {name} exports most?", link(view="partners", flow="X", chart="contribution")
        yield f"{owner} exports to {names[0]}, by commodity", link(view="commodities", flow="X", partner=codes[0])
        yield f"{owner} trade balance with {names[0]}", link(view="balances", partner=codes[0])
        if len(partners) > 1:
            text = f"{owner} exports to {' and '.join(names)}, from one starting point"
            yield text, link(flow="X", partner=",".join(codes), chart="index")
    yield f"How {name} newest exports were revised", link(view="revisions", flow="X")


def _loaded_dataset(context: Context, row: DatasetRow) -> LoadedDataset:
    dataset = next(each for each in context.reference.datasets.values() if each.code == row["dataset"])
    days = sorted({release.published_on for release in context.reference.releases_by_dataset.get(dataset.id, ())})
    span = f"{format_period(row['first_period'])} to {format_period(row['latest_period'])}"
    next_day = next_due_day(days)
    return LoadedDataset(
        row, span, format_date(str(days[-1])) if days else "", None if next_day is None else format_date(str(next_day))
    )


def next_due_day(days: Sequence[date]) -> date | None:
    """Return the day on which the next release is due: the last day plus the median distance between recent releases.

    `days` are the days of the past releases, in order. Null where they are too few for a regular distance.
    """
    if len(days) < MIN_RELEASES_OF_A_RHYTHM:
        return None
    distances = [(second - first).days for first, second in pairwise(days[-14:])]
    return days[-1] + timedelta(days=round(median(distances)))
