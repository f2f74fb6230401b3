"""Areas, groups, classifications and concordances, loaded from the CSV files in the folder reference/."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.concordance import Concordance
from service.ingest.catalog.catalog import SOURCE_SEPARATOR, upsert_commodities, upsert_rows
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.release.load_session import increment_data_version
from service.ingest.release.locks import lock_catalog
from service.models import Area, AreaCode, AreaMember, AreaSuccession, Classification, DataVersion, GroupComposition

REFERENCE_FOLDER = Path(__file__).parent / "reference"
HS_EDITION = "H6"
_DELETE_AREA_CODES = """
    DELETE FROM area_code USING area
    WHERE area.id = area_code.area_id AND strpos(area.code, :separator) = 0"""
CHAPTER_LEVEL = 2


@cache
def tables_sha256() -> str:
    """Return the sha256 of all CSV files. The database stores it, so that a load of the same files is skipped."""
    return sha256(b"".join(path.read_bytes() for path in sorted(REFERENCE_FOLDER.glob("*.csv")))).hexdigest()


@cache
def hs_names() -> dict[str, str]:
    """Return the names of the commodities of HS 2022, by code."""
    return {row["code"]: row["description"] for row in _read_table("hs2022.csv")}


def load_reference_tables(session: Session) -> bool:
    """Load all reference tables, unless the database already has these; return whether they were loaded.

    Keys of stored areas, classifications and commodities never change. The caller commits the transaction.
    """
    if _are_current(session):
        return False
    lock_catalog(session)
    if _are_current(session):
        return False
    _load_areas(session)
    _load_classifications(session)
    _load_concordances(session)
    session.execute(update(DataVersion).values(reference_sha256=tables_sha256()))
    increment_data_version(session)
    return True


def _are_current(session: Session) -> bool:
    return session.scalar(select(DataVersion.reference_sha256)) == tables_sha256()


def _load_areas(session: Session) -> None:
    keys = _assign_keys(session, Area, [row["code"] for row in _read_table("areas.csv")])
    names = ("name", "kind", "iso2", "m49")
    areas = [
        {"id": keys[row["code"]], "code": row["code"]}
        | {name: row[name] or None for name in names}
        | _validity_dates(row)
        for row in _read_table("areas.csv")
    ]
    upsert_rows(session, Area, areas, update_columns=(*names, "valid_from", "valid_to"))
    codes = [
        {"scheme": row["scheme"], "code": row["code"], "area_id": keys[row["area"]]}
        for row in _read_table("area_codes.csv")
    ]
    successions = [
        {
            "predecessor_id": keys[row["predecessor"]],
            "successor_id": keys[row["successor"]],
            "changed_on": date.fromisoformat(row["changed_on"]),
        }
        for row in _read_table("area_successions.csv")
    ]
    members = [
        {"group_id": keys[row["group"]], "member_id": keys[row["member"]]} | _validity_dates(row)
        for row in _read_table("area_members.csv")
    ]
    session.execute(text(_DELETE_AREA_CODES), {"separator": SOURCE_SEPARATOR})
    upsert_rows(session, AreaCode, codes, update_columns=("area_id",))
    session.execute(text("DELETE FROM area_member"))
    session.execute(insert(AreaMember), members)
    session.execute(text("DELETE FROM area_succession"))
    session.execute(insert(AreaSuccession), successions)
    compositions = [
        {"source": row["source"], "group_id": keys[row["group"]], "member_id": keys[member]} | _validity_dates(row)
        for row in _read_table("group_compositions.csv")
        for member in row["members"].split()
    ]
    session.execute(text("DELETE FROM group_composition"))
    session.execute(insert(GroupComposition), compositions)


def _load_classifications(session: Session) -> None:
    keys = _assign_keys(session, Classification, [row["code"] for row in _read_table("classifications.csv")])
    editions = [
        {
            "id": keys[row["code"]],
            "code": row["code"],
            "family": row["family"],
            "name": row["name"],
            "default_level": CHAPTER_LEVEL,
        }
        | _validity_dates(row)
        for row in _read_table("classifications.csv")
    ]
    upsert_rows(
        session, Classification, editions, update_columns=("family", "name", "default_level", "valid_from", "valid_to")
    )
    upsert_commodities(session, keys[HS_EDITION], [_hs_commodity(row) for row in _read_table("hs2022.csv")])


def _load_concordances(session: Session) -> None:
    keys = dict(session.execute(select(Classification.code, Classification.id)).all())
    pairs: dict[tuple[int, int], set[tuple[str, str]]] = defaultdict(set)
    for row in _read_table("concordances.csv"):
        codes = row["codes"].split() or [row["target_code"]]
        pairs[keys[row["classification"]], keys[row["target"]]].update((code, row["target_code"]) for code in codes)
    session.execute(text("DELETE FROM concordance"))
    copy = "COPY concordance (classification_id, target_classification_id, code, target_code, relation) FROM STDIN"
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(copy) as rows:
        for editions, edition_pairs in pairs.items():
            concordance = Concordance(frozenset(edition_pairs))
            for code, target_code in sorted(edition_pairs):
                rows.write_row((*editions, code, target_code, concordance.relation(target_code)))


def _assign_keys(session: Session, table: type[Area] | type[Classification], codes: Iterable[str]) -> dict[str, int]:
    """Return the keys of all codes: the stored keys, and new keys for new codes."""
    keys = dict(session.execute(select(table.code, table.id)).all())
    next_id = max(keys.values(), default=0) + 1
    return keys | dict(zip((code for code in codes if code not in keys), count(next_id), strict=False))


def _hs_commodity(row: dict[str, str]) -> CommodityDefinition:
    code = row["code"]
    parent = code[:-2] if len(code) > CHAPTER_LEVEL else "TOTAL"
    return CommodityDefinition(source_label=code, code=code, name=row["description"], level=len(code), parent=parent)


def _validity_dates(row: dict[str, str]) -> dict[str, Any]:
    return {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}


def _read_table(name: str) -> Iterable[dict[str, str]]:
    with (REFERENCE_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)
