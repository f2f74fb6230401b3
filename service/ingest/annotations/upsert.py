"""Enters what files of entries hold: each entry as a whole, and only what is not there yet as it stands in the file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from service.domain.suggestions import closest_codes
from service.errors import FileError
from service.ingest.release.publish import increment_data_version
from service.models import Area, Base, DataVersion, Indicator, Measure


@dataclass(frozen=True)
class EntryRows:
    """An entry as it is kept: its own row, and those that hang on it."""

    row: Measure | Indicator
    child_rows: Sequence[Base]


@dataclass(frozen=True)
class UpsertCounts:
    """How many entries became what."""

    new: int
    changed: int
    unchanged: int
    removed: int

    def __str__(self) -> str:
        """Return `2 new, 1 changed, 5 as before`."""
        counts = {"new": self.new, "changed": self.changed, "as before": self.unchanged, "removed": self.removed}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def upsert_entries(
    session: Session,
    entries: Sequence[EntryRows],
    *,
    table: type[Measure] | type[Indicator],
    child_tables: Sequence[type[Base]],
    replace: bool,
) -> UpsertCounts:
    """Enter what is new or says something else than before, in the transaction of `session`.

    Entries that the file does not name stay, unless it is to `replace` all. The data version moves with any change.
    """
    session.execute(select(DataVersion.version).with_for_update())  # one file at a time
    held = dict(session.execute(select(table.code, table.digest)).all())
    named = {entry.row.code: entry for entry in entries}
    new = named.keys() - held.keys()
    changed = {code for code in named.keys() & held.keys() if held[code] != named[code].row.digest}
    removed = held.keys() - named.keys() if replace else set()
    _delete_entries(session, changed | removed, table=table, child_tables=child_tables)
    for code in sorted(new | changed):
        session.add(named[code].row)
        session.flush()
        session.add_all(named[code].child_rows)
    session.flush()
    if new or changed or removed:
        increment_data_version(session)
    same = len(named) - len(new) - len(changed)
    return UpsertCounts(new=len(new), changed=len(changed), unchanged=same, removed=len(removed))


def unknown_code_error(code: str, names: Mapping[str, str], *, location: str, rule: str) -> FileError:
    """Return the defect of a code that is none of those which `names` has the names of."""
    near = closest_codes(code, names)
    meant = f"; did you mean {', '.join(near)}?" if near else ""
    return FileError(f"{rule}{meant}", location=location, value=code)


def unknown_area_errors(codes_by_location: Mapping[str, str], areas: Mapping[str, Area]) -> Iterator[FileError]:
    """Yield a defect for each code that is none of an area."""
    names = {code: area.name for code, area in areas.items()}
    for place, code in codes_by_location.items():
        if code not in areas:
            yield unknown_code_error(
                code, names, location=place, rule="is no code of an area: ISO 3166-1 alpha-3, or a group's"
            )


def source_columns(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns in which a source is kept."""
    return {f"source_{name}": source[name] for name in ("title", "address", "date")}


def areas_by_code(session: Session) -> dict[str, Area]:
    """Return all areas by their canonical code."""
    return {area.code: area for area in session.scalars(select(Area).order_by(Area.code))}


def _delete_entries(
    session: Session,
    codes: Collection[str],
    *,
    table: type[Measure] | type[Indicator],
    child_tables: Sequence[type[Base]],
) -> None:
    for part in child_tables:
        session.execute(delete(part).where(inspect(part).primary_key[0].in_(codes)))
    session.execute(delete(table).where(table.code.in_(codes)))
