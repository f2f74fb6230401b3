"""The dataset that a file belongs to, with the keys of the areas and commodities that its codes stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.errors import BadFile, Defect
from service.ingest.catalog.mapping_file import Good
from service.ingest.release.locks import lock_catalog, lock_dataset
from service.models import Area, AreaCode, Base, Classification, Commodity, Dataset

TOTAL = Good(word="TOTAL", code="TOTAL", name="Total, all commodities", level=0, parent=None)


@dataclass(frozen=True)
class Catalog:
    """A dataset, and the keys of what its files speak of, by code in the reference tables."""

    dataset: Dataset
    areas: Mapping[str, int]
    commodities: Mapping[str, int]


def area_keys(session: Session, *, scheme: str | None) -> dict[str, int]:
    """Return the keys of areas by canonical code, or by the code of `scheme`."""
    if scheme is None:
        return dict(session.execute(select(Area.code, Area.id)).all())
    of_scheme = select(AreaCode.code, AreaCode.area_id).where(AreaCode.scheme == scheme)
    return dict(session.execute(of_scheme).all())


def commodity_keys(session: Session, classification_id: int) -> dict[str, int]:
    """Return the keys of the goods of a classification by their code."""
    of_edition = select(Commodity.code, Commodity.id).where(Commodity.classification_id == classification_id)
    return dict(session.execute(of_edition).all())


def catalog_for(
    session: Session,
    described: Mapping[str, Any],
    *,
    classification: Mapping[str, Any],
    goods: Sequence[Good],
    scheme: str | None = None,
) -> Catalog:
    """Return the catalog of the dataset, which is entered with its classification where it is new.

    Nobody else changes the dataset until the transaction ends. A load that enters what is new waits for others that do.

    :raises BadFile: the description names a reporter or a classification that there is none of.
    :raises LoadInProgress: another load of the dataset is running.
    """
    lock_dataset(session, described["code"])
    if session.scalar(select(Dataset.id).where(Dataset.code == described["code"])) is None:
        lock_catalog(session)
    edition = _edition(session, described["classification"], classification)
    enter_goods(session, edition.id, goods)
    return Catalog(
        dataset=_dataset(session, described, edition),
        areas=area_keys(session, scheme=scheme),
        commodities=commodity_keys(session, edition.id),
    )


def enter_goods(session: Session, classification_id: int, goods: Sequence[Good]) -> None:
    """Enter commodities, and the total of all where it lacks; those that are there get the name and place given here.

    A parent that is neither given nor there is passed over for the next one above: the good hangs below the total.
    """
    if _new_or_changed(session, classification_id, goods):
        lock_catalog(session)
        entries = _new_or_changed(session, classification_id, goods)
        upsert(session, Commodity, entries, changing=("name", "level", "parent_id"))


def _new_or_changed(session: Session, classification_id: int, goods: Sequence[Good]) -> list[dict[str, Any]]:
    columns = (Commodity.id, Commodity.classification_id, Commodity.code, Commodity.name, Commodity.level)
    query = select(*columns, Commodity.parent_id).where(Commodity.classification_id == classification_id)
    held = {row.id: dict(row._mapping) for row in session.execute(query)}
    return [entry for entry in _entries(session, classification_id, goods) if entry != held.get(entry["id"])]


def _entries(session: Session, classification_id: int, goods: Sequence[Good]) -> list[dict[str, Any]]:
    keys = commodity_keys(session, classification_id)
    unused = (session.scalar(select(func.max(Commodity.id))) or 0) + 1
    all_goods = sorted([*([] if "TOTAL" in keys else [TOTAL]), *goods], key=lambda good: (good.level, good.code))
    new_codes = [code for code in dict.fromkeys(good.code for good in all_goods) if code not in keys]
    keys |= {code: key for key, code in enumerate(new_codes, start=unused)}
    return [
        {
            "id": keys[good.code],
            "classification_id": classification_id,
            "code": good.code,
            "name": good.name,
            "level": good.level,
            "parent_id": None if good.code == "TOTAL" else keys.get(good.parent or "", keys["TOTAL"]),
        }
        for good in all_goods
    ]


def upsert(
    session: Session, table: type[Base], entries: Sequence[Mapping[str, Any]], *, changing: Sequence[str]
) -> None:
    """Insert entries; those whose key is there already get the columns in `changing`."""
    entry = insert(table)
    changes = {name: entry.excluded[name] for name in changing}
    key = inspect(table).primary_key
    session.execute(entry.on_conflict_do_update(index_elements=key, set_=changes), entries)


def _edition(session: Session, code: str, described: Mapping[str, Any]) -> Classification:
    edition = session.scalar(select(Classification).where(Classification.code == code))
    if edition is None:
        if not described:
            defect = Defect("is no classification that is loaded; describe it under [classification]", value=code)
            raise BadFile("mapping", [defect])
        next_key = (session.scalar(select(func.max(Classification.id))) or 0) + 1
        edition = Classification(
            id=next_key,
            code=code,
            family=described.get("family", code),
            name=described["name"],
            default_level=described.get("default_level"),
        )
        session.add(edition)
        session.flush()
    return edition


def _dataset(session: Session, described: Mapping[str, Any], edition: Classification) -> Dataset:
    dataset = session.scalar(select(Dataset).where(Dataset.code == described["code"]))
    keys = area_keys(session, scheme=described.get("reporter_scheme"))
    reporter = session.get(Area, keys.get(described["reporter"], 0))
    if reporter is None:
        raise BadFile("mapping", [Defect("is not the code of a reporter", value=described["reporter"])])
    values = {
        key: value for key, value in described.items() if key not in {"reporter", "reporter_scheme", "classification"}
    }
    if dataset is None:
        next_key = (session.scalar(select(func.max(Dataset.id))) or 0) + 1
        dataset = Dataset(id=next_key, reporter_id=reporter.id, classification_id=edition.id, **values)
        session.add(dataset)
        session.flush()
    _refuse_change(dataset, described, reporter, edition)
    return dataset


def _refuse_change(dataset: Dataset, described: Mapping[str, Any], reporter: Area, edition: Classification) -> None:
    """Refuse a description under which the figures that are loaded already would mean something else."""
    wanted = {key: described[key] for key in ("frequency", "currency", "unit_exponent", "exhaustive")}
    wanted |= {"reporter_id": reporter.id, "classification_id": edition.id}
    defects = [
        Defect(f"dataset {dataset.code} has {getattr(dataset, key)} as {key}; give another code", value=str(value))
        for key, value in wanted.items()
        if getattr(dataset, key) != value
    ]
    if defects:
        raise BadFile("mapping", defects)
