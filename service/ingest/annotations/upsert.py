"""Enters what files of entries hold: each entry as a whole, and only what is not there yet as it stands in the file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from service.domain.suggestions import nearest_codes
from service.errors import Defect
from service.ingest.release.publish import move_data_version
from service.models import Area, Base, DataVersion, Indicator, Measure


@dataclass(frozen=True)
class Entry:
    """An entry as it is kept: its own row, and those that hang on it."""

    row: Measure | Indicator
    parts: Sequence[Base]


@dataclass(frozen=True)
class Entered:
    """How many entries became what."""

    new: int
    changed: int
    same: int
    removed: int

    def __str__(self) -> str:
        """Return `2 new, 1 changed, 5 as before`."""
        counts = {"new": self.new, "changed": self.changed, "as before": self.same, "removed": self.removed}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def enter(
    session: Session,
    entries: Sequence[Entry],
    *,
    table: type[Measure] | type[Indicator],
    part_tables: Sequence[type[Base]],
    replace: bool,
) -> Entered:
    """Enter what is new or says something else than before, in the transaction of `session`.

    Entries that the file does not name stay, unless it is to `replace` all. The data version moves with any change.
    """
    session.execute(select(DataVersion.version).with_for_update())  # one file at a time
    held = dict(session.execute(select(table.code, table.digest)).all())
    named = {entry.row.code: entry for entry in entries}
    new = named.keys() - held.keys()
    changed = {code for code in named.keys() & held.keys() if held[code] != named[code].row.digest}
    removed = held.keys() - named.keys() if replace else set()
    _remove(session, changed | removed, table=table, part_tables=part_tables)
    for code in sorted(new | changed):
        session.add(named[code].row)
        session.flush()
        session.add_all(named[code].parts)
    session.flush()
    if new or changed or removed:
        move_data_version(session)
    same = len(named) - len(new) - len(changed)
    return Entered(new=len(new), changed=len(changed), same=same, removed=len(removed))


def unknown_code(code: str, names: Mapping[str, str], *, place: str, rule: str) -> Defect:
    """Return the defect of a code that is none of those which `names` has the names of."""
    near = nearest_codes(code, names)
    meant = f"; did you mean {', '.join(near)}?" if near else ""
    return Defect(f"{rule}{meant}", place=place, value=code)


def unknown_areas(codes_by_place: Mapping[str, str], areas: Mapping[str, Area]) -> Iterator[Defect]:
    """Yield a defect for each code that is none of an area."""
    names = {code: area.name for code, area in areas.items()}
    for place, code in codes_by_place.items():
        if code not in areas:
            yield unknown_code(code, names, place=place, rule="is no code of an area: ISO 3166-1 alpha-3, or a group's")


def source_columns(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns in which a source is kept."""
    return {f"source_{name}": source[name] for name in ("title", "address", "date")}


def areas_by_code(session: Session) -> dict[str, Area]:
    """Return all areas by their canonical code."""
    return {area.code: area for area in session.scalars(select(Area).order_by(Area.code))}


def _remove(
    session: Session,
    codes: Collection[str],
    *,
    table: type[Measure] | type[Indicator],
    part_tables: Sequence[type[Base]],
) -> None:
    for part in part_tables:
        session.execute(delete(part).where(inspect(part).primary_key[0].in_(codes)))
    session.execute(delete(table).where(table.code.in_(codes)))
