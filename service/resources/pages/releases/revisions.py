"""The figures that a release revised, as a table with old and new values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.api.charts.series import describe_trade
from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.serialization.page_table import Cell, PageTable
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.domain.text import format_period
from service.models import Release
from service.resources.pages.releases.queries import MAX_COMPARED_FIGURES, figures_revised_by_release
from service.resources.pages.tables import column_scale, format_signed_percent

MAX_REVISIONS = 20


@dataclass(frozen=True)
class ReleaseRevisions:
    """The largest revisions of a release as a table, and a sentence on all of its revisions.

    The table is null where the release revised nothing.
    """

    sentence: str
    table: PageTable | None = None


def load_revisions(context: Context, release: Release) -> ReleaseRevisions:
    """Return the revisions of a release."""
    result = context.fetch(figures_revised_by_release(release, limit=MAX_REVISIONS))
    rows = [_labelled_row(context, release, row) for row in result.mappings()]
    if not rows:
        return ReleaseRevisions("This release revised no figure that was published before.")
    count = rows[0]["revised_count"]
    extent = f" among the {MAX_COMPARED_FIGURES:,} largest" if rows[0]["compared_count"] == MAX_COMPARED_FIGURES else ""
    figures = "one figure" if count == 1 else f"{count:,} figures"
    return ReleaseRevisions(f"This release revised {figures}{extent} that had been published before.", _table(rows))


def _labelled_row(context: Context, release: Release, row: Mapping[str, Any]) -> dict[str, Any]:
    reference = context.reference
    dataset = reference.datasets[release.dataset_id]
    commodities = reference.commodities(context.session, dataset.classification_id).commodity_by_id
    partner, commodity = reference.areas[row["partner_id"]], commodities[row["commodity_id"]]
    values = {
        name: None if row[name] is None else int(row[name] * 10**dataset.unit_exponent)
        for name in ("old_value", "new_value")
    }
    return {
        **values,
        "revised_count": row["revised_count"],
        "compared_count": row["compared_count"],
        "reporter": reference.areas[dataset.reporter_id].code,
        "dataset": dataset.code,
        "currency": dataset.currency,
        "frequency": dataset.frequency,
        "flow": FLOW_CODES[row["flow"]],
        "partner": partner.code,
        "partner_name": partner.name,
        "commodity": commodity.code,
        "commodity_name": commodity.name,
        "period": period_text(row["period"], months=MONTHS_PER_PERIOD[dataset.frequency]),
    }


def _table(rows: list[dict[str, Any]]) -> PageTable:
    scale = column_scale([row[name] for row in rows for name in ("old_value", "new_value")], rows[0]["currency"])
    table_rows = [
        [
            _figure_cell(row),
            Cell(format_period(row["period"]).removeprefix("the ")),
            Cell(scale.format(row["old_value"])),
            Cell(scale.format(row["new_value"])),
            Cell(format_signed_percent(_revision_pct(row))),
        ]
        for row in rows
    ]
    columns = [
        ("Figure", False),
        ("Period", False),
        (f"Before, {scale.unit}", True),
        (f"After, {scale.unit}", True),
        ("Revision", True),
    ]
    return PageTable("The largest revisions, by their amount", columns, table_rows)


def _figure_cell(row: Mapping[str, Any]) -> Cell:
    words = describe_trade(row, reporter_name=None)
    names = ("reporter", "dataset", "frequency", "flow", "partner", "commodity", "period")
    url = build_url("/explore", {"view": "revisions", **{name: row[name] for name in names}})
    return Cell(f"{words[:1].upper()}{words[1:]}", url, f"all revisions for {format_period(row['period'])}")


def _revision_pct(row: Mapping[str, Any]) -> float | None:
    if not row["old_value"] or row["new_value"] is None:
        return None
    return float(100 * (row["new_value"] - row["old_value"]) / row["old_value"])
