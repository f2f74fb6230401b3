"""The dataset that a file belongs to, with the keys of the areas and commodities that its codes stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.errors import FileError, InvalidFile
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.release.locks import lock_catalog, lock_dataset
from service.models import Area, AreaCode, Base, Classification, Commodity, Dataset

TOTAL_COMMODITY = CommodityDefinition(
    source_label="TOTAL", code="TOTAL", name="Total, all commodities", level=0, parent=None
)


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


def prepare_catalog(
    session: Session,
    description: Mapping[str, Any],
    *,
    classification: Mapping[str, Any],
    commodities: Sequence[CommodityDefinition],
    scheme: str | None = None,
) -> Catalog:
    """Return the catalog of the dataset, which is entered with its classification where it is new.

    Nobody else changes the dataset until the transaction ends. A load that enters what is new waits for others that do.

    :raises BadFile: the description names a reporter or a classification that there is none of.
    :raises LoadInProgress: another load of the dataset is running.
    """
    lock_dataset(session, description["code"])
    if session.scalar(select(Dataset.id).where(Dataset.code == description["code"])) is None:
        lock_catalog(session)
    edition = _find_or_create_classification(session, description["classification"], classification)
    upsert_commodities(session, edition.id, commodities)
    return Catalog(
        dataset=_find_or_create_dataset(session, description, edition),
        areas=area_keys(session, scheme=scheme),
        commodities=commodity_keys(session, edition.id),
    )


def upsert_commodities(session: Session, classification_id: int, commodities: Sequence[CommodityDefinition]) -> None:
    """Enter commodities, and the total of all where it lacks; those that are there get the name and place given here.

    A parent that is neither given nor there is passed over for the next one above: the good hangs below the total.
    """
    if _changed_rows(session, classification_id, commodities):
        lock_catalog(session)
        entries = _changed_rows(session, classification_id, commodities)
        upsert_rows(session, Commodity, entries, update_columns=("name", "level", "parent_id"))


def _changed_rows(
    session: Session, classification_id: int, commodities: Sequence[CommodityDefinition]
) -> list[dict[str, Any]]:
    columns = (Commodity.id, Commodity.classification_id, Commodity.code, Commodity.name, Commodity.level)
    query = select(*columns, Commodity.parent_id).where(Commodity.classification_id == classification_id)
    held = {row.id: dict(row._mapping) for row in session.execute(query)}
    return [
        entry for entry in _commodity_rows(session, classification_id, commodities) if entry != held.get(entry["id"])
    ]


def _commodity_rows(
    session: Session, classification_id: int, commodities: Sequence[CommodityDefinition]
) -> list[dict[str, Any]]:
    keys = commodity_keys(session, classification_id)
    unused = (session.scalar(select(func.max(Commodity.id))) or 0) + 1
    all_goods = sorted(
        [*([] if "TOTAL" in keys else [TOTAL_COMMODITY]), *commodities], key=lambda good: (good.level, good.code)
    )
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


def upsert_rows(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, update_columns: Sequence[str]
) -> None:
    """Insert entries; those whose key is there already get the columns in `changing`."""
    entry = insert(table)
    changes = {name: entry.excluded[name] for name in update_columns}
    key = inspect(table).primary_key
    session.execute(entry.on_conflict_do_update(index_elements=key, set_=changes), rows)


def _find_or_create_classification(session: Session, code: str, description: Mapping[str, Any]) -> Classification:
    edition = session.scalar(select(Classification).where(Classification.code == code))
    if edition is None:
        if not description:
            defect = FileError("is no classification that is loaded; describe it under [classification]", value=code)
            raise InvalidFile("mapping", [defect])
        next_key = (session.scalar(select(func.max(Classification.id))) or 0) + 1
        edition = Classification(
            id=next_key,
            code=code,
            family=description.get("family", code),
            name=description["name"],
            default_level=description.get("default_level"),
        )
        session.add(edition)
        session.flush()
    return edition


def _find_or_create_dataset(
    session: Session, description: Mapping[str, Any], classification: Classification
) -> Dataset:
    dataset = session.scalar(select(Dataset).where(Dataset.code == description["code"]))
    keys = area_keys(session, scheme=description.get("reporter_scheme"))
    reporter = session.get(Area, keys.get(description["reporter"], 0))
    if reporter is None:
        raise InvalidFile("mapping", [FileError("is not the code of a reporter", value=description["reporter"])])
    values = {
        key: value for key, value in description.items() if key not in {"reporter", "reporter_scheme", "classification"}
    }
    if dataset is None:
        next_key = (session.scalar(select(func.max(Dataset.id))) or 0) + 1
        dataset = Dataset(id=next_key, reporter_id=reporter.id, classification_id=classification.id, **values)
        session.add(dataset)
        session.flush()
    _check_unchanged(dataset, description, reporter, classification)
    return dataset


def _check_unchanged(
    dataset: Dataset, description: Mapping[str, Any], reporter: Area, classification: Classification
) -> None:
    """Refuse a description under which the figures that are loaded already would mean something else."""
    wanted = {key: description[key] for key in ("frequency", "currency", "unit_exponent", "exhaustive")}
    wanted |= {"reporter_id": reporter.id, "classification_id": classification.id}
    defects = [
        FileError(f"dataset {dataset.code} has {getattr(dataset, key)} as {key}; give another code", value=str(value))
        for key, value in wanted.items()
        if getattr(dataset, key) != value
    ]
    if defects:
        raise InvalidFile("mapping", defects)
