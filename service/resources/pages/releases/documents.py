"""Pages of releases: the day, the files, the unmapped codes and the revisions of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from marshmallow import Schema

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.parameters.types import Text
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.api.serialization.page_table import Cell, PageTable
from service.domain.text import format_date, format_period, format_period_range
from service.models import Release
from service.resources.pages.releases.revisions import ReleaseRevisions, load_revisions

MAX_UNMAPPED_CODES = 50
ReleaseRecord = Mapping[str, Any]


class ReleaseListParams(Schema):
    """Parameters of the page that lists releases."""

    dataset = Text()


@dataclass(frozen=True)
class ReleaseList:
    """The releases of all datasets or of one, the newest first."""

    table: PageTable
    dataset: str | None


@dataclass(frozen=True)
class ReleasePage:
    """One release: its properties, its revisions, its files as name and sha256, and its unmapped codes.

    `previous` and `next` are the day and the URL of the releases of the same dataset before and after it.
    """

    row: ReleaseRecord
    title: str
    properties: Sequence[tuple[str, Cell]]
    revisions: ReleaseRevisions
    files: Sequence[tuple[str, str]]
    unmapped: PageTable | None
    previous: tuple[str, str] | None
    next: tuple[str, str] | None
    links: Sequence[tuple[str, str]]


def load_release_list(context: Context, plan: Plan) -> ReleaseList:
    """Return the list of releases that the validated request (`plan`) selects.

    :raises InvalidRequest: the dataset does not exist.
    """
    dataset = plan.request.query.get("dataset")
    url = build_url("/v1/releases", {"dataset": dataset, "limit": "10000"})
    rows = sorted(
        context.fetch_resource(url).rows(), key=lambda row: (row["published_on"], row["release"]), reverse=True
    )
    columns = [("Published", False), ("Periods", False), ("Figures", True), ("Stage", False), ("Code", False)]
    table_rows = [
        [
            Cell(format_date(row["published_on"]), f"/releases/{row['release']}", f"release {row['release']}"),
            Cell(_periods(row)),
            Cell(f"{row['rows']:,}"),
            Cell(row["stage"] if row["withdrawn_on"] is None else f"withdrawn on {format_date(row['withdrawn_on'])}"),
            Cell(row["release"]),
        ]
        for row in rows
    ]
    return ReleaseList(PageTable(f"{len(rows)} releases, the newest first", columns, table_rows), dataset)


def load_release(context: Context, plan: Plan) -> ReleasePage:
    """Return the release that the validated request (`plan`) names.

    :raises NotFound: the code is unknown.
    """
    (row,) = context.fetch_resource(f"/v1/releases/{plan.request.parameters['code']}").rows()
    properties = [
        ("Code", Cell(row["release"])),
        ("Published", Cell(format_date(row["published_on"]))),
        ("Periods", Cell(_periods(row))),
        ("Dataset", Cell(row["dataset"], f"/releases?dataset={row['dataset']}", f"Releases of {row['dataset']}")),
        ("Figures", Cell(f"{row['rows']:,}")),
        ("Content", Cell({"complete": "all series of its periods"}.get(row["covers"], "some series of its periods"))),
        ("Stage", Cell(row["stage"])),
        ("State", Cell(row["state"] if row["withdrawn_on"] is None else f"withdrawn on {row['withdrawn_on']}")),
        ("Loaded", Cell(row["loaded_at"].replace("T", " ").replace("+00:00", " UTC"))),
        ("Parser version", Cell(row["parser_version"])),
    ]
    release = next(each for each in context.reference.releases.values() if each.code == row["release"])
    files = [each.rpartition(" ")[::2] for each in row["files"]]
    previous_release, next_release = _neighbours(context, release)
    periods = format_period_range(row["first_period"], row["last_period"])
    return ReleasePage(
        row,
        f"Release of {format_date(row['published_on'])}: {periods}",
        properties,
        load_revisions(context, release),
        files,
        _unmapped_table(row["unmapped"]),
        _link(previous_release),
        _link(next_release),
        _page_links(row),
    )


RELEASE_LIST = DocumentResource(load_release_list)
RELEASE_PAGE = DocumentResource(load_release)


def _neighbours(context: Context, release: Release) -> tuple[Release | None, Release | None]:
    """Return the releases of the same dataset that were published before and after a release."""
    releases = context.reference.releases_by_dataset[release.dataset_id]
    position = next(number for number, each in enumerate(releases) if each.id == release.id)
    next_release = releases[position - 1] if position else None
    return (releases[position + 1] if position + 1 < len(releases) else None), next_release


def _link(release: Release | None) -> tuple[str, str] | None:
    return None if release is None else (format_date(str(release.published_on)), f"/releases/{release.code}")


def _page_links(row: ReleaseRecord) -> list[tuple[str, str]]:
    """Return the pages of the figures of a release, with their URLs."""
    shared = {name: row[name] for name in ("reporter", "dataset")} | {"frequency": _frequency(row["last_period"])}
    period = format_period(row["last_period"])
    day = {"as_of": row["published_on"]}
    partners = {"view": "partners", **shared, "flow": "X", "period": row["last_period"], **day}
    totals = {"view": "series", **shared, "flow": "X,M", "period": "all", **day}
    return [
        ("Exports and imports as known on that day", build_url("/explore", totals)),
        (f"Exports by partner in {period} as known on that day", build_url("/explore", partners)),
        ("The figures of this release as a Parquet file", f"/v1/releases/{row['release']}.parquet"),
    ]


def _unmapped_table(entries: Sequence[str]) -> PageTable | None:
    """Return the table of codes without an entry in the code lists; null where there are none."""
    if not entries:
        return None
    rows = []
    for entry in entries[:MAX_UNMAPPED_CODES]:
        dimension, code, count, value, share = entry.split(" ")
        rows.append([Cell(unquote(code)), Cell(dimension), Cell(count), Cell(value), Cell(share)])
    columns = [("Code", False), ("Kind", False), ("Rows", True), ("Value", True), ("Share of the total, %", True)]
    return PageTable("Codes in the files that are in no code list; totals include them", columns, rows)


def _periods(row: ReleaseRecord) -> str:
    words = format_period_range(row["first_period"], row["last_period"])
    return f"{words[:1].upper()}{words[1:]}"


def _frequency(period: str) -> str:
    return "Q" if "Q" in period else "M" if "-" in period else "A"
