"""Areas, groups and classifications, entered from the compact tables in reference/."""

import csv
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

from service.ingest.catalog.catalog import enter_goods, upsert
from service.ingest.catalog.mapping_file import Good
from service.ingest.release.locks import lock_catalog
from service.ingest.release.publish import move_data_version
from service.models import Area, AreaCode, AreaMember, Classification, DataVersion

FOLDER = Path(__file__).parent / "reference"
HS_EDITION = "H6"
CHAPTER = 2


@cache
def tables_sha256() -> str:
    """Return the sha256 of all tables, which tells whether those in a database are these."""
    return sha256(b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.csv")))).hexdigest()


@cache
def hs_names() -> dict[str, str]:
    """Return the names of the codes of the Harmonized System 2022."""
    return {row["code"]: row["description"] for row in _rows("hs2022.csv")}


def enter_reference_tables(session: Session) -> bool:
    """Enter or update all reference tables; return whether they had changed. Keys that are in use stay."""
    if _are_entered(session):
        return False
    lock_catalog(session)
    if _are_entered(session):
        return False
    _enter_areas(session)
    _enter_classifications(session)
    session.execute(update(DataVersion).values(reference_sha256=tables_sha256()))
    move_data_version(session)
    return True


def _are_entered(session: Session) -> bool:
    return session.scalar(select(DataVersion.reference_sha256)) == tables_sha256()


def _enter_areas(session: Session) -> None:
    keys = _keys_for(session, Area, [row["code"] for row in _rows("areas.csv")])
    names = ("name", "kind", "iso2", "m49")
    areas = [
        {"id": keys[row["code"]], "code": row["code"]} | {name: row[name] or None for name in names} | _validity(row)
        for row in _rows("areas.csv")
    ]
    upsert(session, Area, areas, changing=(*names, "valid_from", "valid_to"))
    codes = [
        {"scheme": row["scheme"], "code": row["code"], "area_id": keys[row["area"]]} for row in _rows("area_codes.csv")
    ]
    members = [
        {"group_id": keys[row["group"]], "member_id": keys[row["member"]]} | _validity(row)
        for row in _rows("area_members.csv")
    ]
    session.execute(text("DELETE FROM area_code"))
    session.execute(insert(AreaCode), codes)
    session.execute(text("DELETE FROM area_member"))
    session.execute(insert(AreaMember), members)


def _enter_classifications(session: Session) -> None:
    keys = _keys_for(session, Classification, [row["code"] for row in _rows("classifications.csv")])
    editions = [
        {
            "id": keys[row["code"]],
            "code": row["code"],
            "family": row["family"],
            "name": row["name"],
            "default_level": CHAPTER,
        }
        | _validity(row)
        for row in _rows("classifications.csv")
    ]
    upsert(session, Classification, editions, changing=("family", "name", "default_level", "valid_from", "valid_to"))
    enter_goods(session, keys[HS_EDITION], [_hs_good(row) for row in _rows("hs2022.csv")])


def _keys_for(session: Session, table: type[Area] | type[Classification], codes: Iterable[str]) -> dict[str, int]:
    """Return the keys of all codes: those in use, and new ones for the others."""
    keys = dict(session.execute(select(table.code, table.id)).all())
    unused = max(keys.values(), default=0) + 1
    return keys | dict(zip((code for code in codes if code not in keys), count(unused), strict=False))


def _hs_good(row: dict[str, str]) -> Good:
    code = row["code"]
    parent = code[:-2] if len(code) > CHAPTER else "TOTAL"
    return Good(word=code, code=code, name=row["description"], level=len(code), parent=parent)


def _validity(row: dict[str, str]) -> dict[str, Any]:
    return {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)
