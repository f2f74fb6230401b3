"""The figures of a dataset as they were known on a day, written as plainly as possible."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tests.reference_model.worlds.world import Cell, Dataset, PrintedFigure, Release, commodity_level, parent_commodity

END_OF_TIME = date(9999, 12, 31)
STATUSES_WEAKEST_FIRST = "QMEPA"
GROUPS = ("EU", "USMCA")


@dataclass(frozen=True)
class Figure:
    """A figure that is known on a day; `release` is the one that first published it as it stands."""

    value: int | None
    status: str
    release: Release
    quantity: int | None = None


@dataclass(frozen=True)
class Vintage:
    """All figures of a dataset on a day, and the flows and periods that were published by then."""

    dataset: Dataset
    figures: dict[Cell, Figure]
    published: set[tuple[str, int]]


@lru_cache(maxsize=100)
def read_vintage(dataset: Dataset, day: date | None) -> Vintage:
    """Return what was known on a day, or today where that is null."""
    moment = day or END_OF_TIME
    stated = {release.code: add_totals(dataset, release) for release in dataset.releases}
    days = sorted({change for change in change_days(dataset) if change <= moment})
    states = [_state(dataset, stated, change) for change in days]
    current = states[-1] if states else {}
    figures = {}
    for cell, (release, printed) in current.items():
        first = release
        for state in reversed(states):
            if cell not in state or state[cell][1] != printed:
                break
            first = state[cell][0]
        figures[cell] = Figure(printed.value, printed.status, first, printed.quantity)
    published = {
        (cell[0], cell[3]) for release in dataset.releases if is_current(release, moment) for cell in release.printed
    }
    return Vintage(dataset, figures, published)


def change_days(dataset: Dataset) -> list[date]:
    """Return the days on which a release of a dataset was published or withdrawn."""
    days = {release.published_on for release in dataset.releases}
    return sorted(days | {release.withdrawn_on for release in dataset.releases if release.withdrawn_on is not None})


def is_current(release: Release, day: date) -> bool:
    """Return whether a release was published and not withdrawn on a day."""
    return release.published_on <= day and (release.withdrawn_on is None or day < release.withdrawn_on)


def add_totals(dataset: Dataset, release: Release) -> dict[Cell, PrintedFigure]:
    """Return the figures of a release, with the totals that an exhaustive source does not print."""
    figures = dict(release.printed)
    if not dataset.is_exhaustive:
        return figures
    for level in (6, 4, 2, 1):
        _add_sums(figures, [cell for cell in figures if commodity_level(cell[2]) == level], _parent_cell)
    _add_sums(figures, [cell for cell in figures if cell[1] not in {"WLD", *GROUPS}], _world_cell)
    return figures


def _parent_cell(cell: Cell) -> Cell:
    """Return the cell of the commodity above, which a figure is a part of."""
    flow, partner, commodity, period = cell
    return flow, partner, parent_commodity(commodity), period


def _world_cell(cell: Cell) -> Cell:
    """Return the cell of the World, which the figure of a single area is a part of."""
    flow, _partner, commodity, period = cell
    return flow, "WLD", commodity, period


def _add_sums(figures: dict[Cell, PrintedFigure], parts: list[Cell], find_total: Callable[[Cell], Cell]) -> None:
    """Add the sum of the parts of each total that has no figure."""
    parts_by_total: dict[Cell, list[PrintedFigure]] = {}
    for part in parts:
        parts_by_total.setdefault(find_total(part), []).append(figures[part])
    for total, printed in parts_by_total.items():
        if total not in figures:
            figures[total] = PrintedFigure(
                sum_known([each.value for each in printed]),
                weakest([each.status for each in printed]),
                sum_complete([each.quantity for each in printed]),
            )


def sum_complete(amounts: Sequence[int | None]) -> int | None:
    """Return the sum of amounts; null where one is unknown."""
    return None if None in amounts else sum(amounts)


def sum_known(values: Iterable[int | None]) -> int | None:
    """Return the sum of the values that are known; null where none is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def weakest(statuses: Iterable[str | None]) -> str | None:
    """Return the weakest status; null where there is none."""
    present = {status for status in statuses if status is not None}
    return next((status for status in STATUSES_WEAKEST_FIRST if status in present), None)


def _state(
    dataset: Dataset, stated: dict[str, dict[Cell, PrintedFigure]], day: date
) -> dict[Cell, tuple[Release, PrintedFigure]]:
    """Return the figures that stand on a day, each with the release that states it.

    A release speaks of the flows and periods that it prints; a selection of its own series only. The newest release
    that speaks of a cell decides: what it leaves out is withdrawn.
    """
    state: dict[Cell, tuple[Release, PrintedFigure]] = {}
    current = [release for release in dataset.releases if is_current(release, day)]
    for release in sorted(current, key=lambda each: each.published_on):
        figures = stated[release.code]
        periods = {(cell[0], cell[3]) for cell in release.printed}
        series = {cell[:3] for cell in figures}
        for cell in list(state):
            if (cell[0], cell[3]) in periods and (release.covers == "complete" or cell[:3] in series):
                del state[cell]
        state |= {cell: (release, printed) for cell, printed in figures.items()}
    return state
