"""The upsert of measures and indicators: only new and changed entries are written, each as a whole."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from service.domain.suggestions import closest_codes
from service.errors import FileError
from service.ingest.release.load_session import increment_data_version
from service.models import Area, Base, DataVersion, Indicator, Measure


@dataclass(frozen=True)
class EntryRows:
    """The rows of an entry: its row, and rows of other tables that refer to it, such as the figures of an indicator."""

    row: Measure | Indicator
    child_rows: Sequence[Base]


@dataclass(frozen=True)
class UpsertCounts:
    """The numbers of new, changed, unchanged and removed entries."""

    new: int
    changed: int
    unchanged: int
    removed: int

    def __str__(self) -> str:
        """Return the counts above zero as text, such as `2 new, 1 changed, 5 as before`."""
        counts = {"new": self.new, "changed": self.changed, "as before": self.unchanged, "removed": self.removed}
        return ", ".join(f"{count} {label}" for label, count in counts.items() if count)


def upsert_entries(
    session: Session,
    entries: Sequence[EntryRows],
    *,
    table: type[Measure] | type[Indicator],
    child_tables: Sequence[type[Base]],
    replace: bool,
) -> UpsertCounts:
    """Insert new and replace changed entries of `table`, in the transaction of `session`.

    `child_tables` are the tables of the child rows. Stored entries that are not among `entries` stay, unless `replace`
    is set. Any change increments the data version.
    """
    session.execute(select(DataVersion.version).with_for_update())  # one file at a time
    stored_digests = dict(session.execute(select(table.code, table.digest)).all())
    entries_by_code = {entry.row.code: entry for entry in entries}
    new = entries_by_code.keys() - stored_digests.keys()
    changed = {
        code
        for code in entries_by_code.keys() & stored_digests.keys()
        if stored_digests[code] != entries_by_code[code].row.digest
    }
    removed = stored_digests.keys() - entries_by_code.keys() if replace else set()
    _delete_entries(session, changed | removed, table=table, child_tables=child_tables)
    for code in sorted(new | changed):
        session.add(entries_by_code[code].row)
        session.flush()
        session.add_all(entries_by_code[code].child_rows)
    session.flush()
    if new or changed or removed:
        increment_data_version(session)
    unchanged = len(entries_by_code) - len(new) - len(changed)
    return UpsertCounts(new=len(new), changed=len(changed), unchanged=unchanged, removed=len(removed))


def unknown_code_error(code: str, names: Mapping[str, str], *, location: str, rule: str) -> FileError:
    """Return the error of an unknown code at a location in the file.

    `names` has the names of the known codes, from which a suggestion is added to `rule`.
    """
    suggestions = closest_codes(code, names)
    hint = f"; did you mean {', '.join(suggestions)}?" if suggestions else ""
    return FileError(f"{rule}{hint}", location=location, value=code)


def unknown_area_errors(codes_by_location: Mapping[str, str], areas: Mapping[str, Area]) -> Iterator[FileError]:
    """Yield an error for each code that is not in `areas`, with the location of the code in the file."""
    names = {code: area.name for code, area in areas.items()}
    for location, code in codes_by_location.items():
        if code not in areas:
            yield unknown_code_error(
                code, names, location=location, rule="is not an area code; use ISO 3166-1 alpha-3 or a group code"
            )


def source_columns(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that store the source of an entry: `source_title`, `source_address`, `source_date`."""
    return {f"source_{name}": source[name] for name in ("title", "address", "date")}


def areas_by_code(session: Session) -> dict[str, Area]:
    """Return all areas, by their canonical codes."""
    return {area.code: area for area in session.scalars(select(Area).order_by(Area.code))}


def _delete_entries(
    session: Session,
    codes: Collection[str],
    *,
    table: type[Measure] | type[Indicator],
    child_tables: Sequence[type[Base]],
) -> None:
    for child_table in child_tables:
        session.execute(delete(child_table).where(inspect(child_table).primary_key[0].in_(codes)))
    session.execute(delete(table).where(table.code.in_(codes)))
