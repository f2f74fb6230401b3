"""Pages of releases: what was published when, from which files, with which unmapped codes and revisions."""

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

MAX_UNMAPPED_CODES = 50
ReleaseRecord = Mapping[str, Any]


class ReleaseListParams(Schema):
    """Parameters of the list of releases."""

    dataset = Text()


@dataclass(frozen=True)
class ReleaseList:
    """The releases of all datasets or of one, the newest first."""

    table: PageTable
    dataset: str | None


@dataclass(frozen=True)
class ReleasePage:
    """One release: its properties, its files as name and sha256, and its unmapped codes."""

    row: ReleaseRecord
    properties: Sequence[tuple[str, Cell]]
    files: Sequence[tuple[str, str]]
    unmapped: PageTable | None


def load_release_list(context: Context, plan: Plan) -> ReleaseList:
    """Return the list of releases.

    :raises InvalidRequest: the dataset does not exist.
    """
    dataset = plan.request.query.get("dataset")
    url = build_url("/v1/releases", {"dataset": dataset, "limit": "10000"})
    rows = sorted(
        context.services.fetch(context, url).rows(), key=lambda row: (row["published_on"], row["release"]), reverse=True
    )
    columns = [("Published", False), ("Release", False), ("Periods", False), ("Rows", True), ("Stage", False)]
    table_rows = [
        [
            Cell(format_date(row["published_on"])),
            Cell(row["release"], f"/releases/{row['release']}"),
            Cell(_periods(row)),
            Cell(f"{row['rows']:,}"),
            Cell(row["stage"] if row["withdrawn_on"] is None else f"withdrawn on {format_date(row['withdrawn_on'])}"),
        ]
        for row in rows
    ]
    return ReleaseList(PageTable(f"{len(rows)} releases, the newest first", columns, table_rows), dataset)


def load_release(context: Context, plan: Plan) -> ReleasePage:
    """Return one release.

    :raises NotFound: the code is unknown.
    """
    (row,) = context.services.fetch(context, f"/v1/releases/{plan.request.parameters['code']}").rows()
    explorer = build_url(
        "/explore",
        {
            "view": "revisions",
            "reporter": row["reporter"],
            "dataset": row["dataset"],
            "frequency": _frequency(row["last_period"]),
            "period": row["last_period"],
        },
    )
    properties = [
        ("Published", Cell(format_date(row["published_on"]))),
        ("Periods", Cell(_periods(row))),
        ("Dataset", Cell(row["dataset"], f"/releases?dataset={row['dataset']}", f"Releases of {row['dataset']}")),
        ("Figures", Cell(f"{row['rows']:,}")),
        ("Content", Cell({"complete": "all series of its periods"}.get(row["covers"], "some series of its periods"))),
        ("Stage", Cell(row["stage"])),
        ("State", Cell(row["state"] if row["withdrawn_on"] is None else f"withdrawn on {row['withdrawn_on']}")),
        ("Loaded", Cell(row["loaded_at"].replace("T", " ").replace("+00:00", " UTC"))),
        ("Parser version", Cell(row["parser_version"])),
        ("Revisions", Cell(f"of the figures of {format_period(row['last_period'])}", explorer)),
    ]
    files = [tuple(each.rpartition(" ")[::2]) for each in row["files"]]
    return ReleasePage(row, properties, [(name, digest) for name, digest in files], _unmapped_table(row["unmapped"]))


RELEASE_LIST = DocumentResource(load_release_list)
RELEASE_PAGE = DocumentResource(load_release)


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
