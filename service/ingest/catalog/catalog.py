"""The catalog of a load: its dataset, with the keys of area and commodity codes."""

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
    """A dataset with the keys of areas and commodities by code."""

    dataset: Dataset
    areas: Mapping[str, int]
    commodities: Mapping[str, int]


def area_keys(session: Session, *, scheme: str | None) -> dict[str, int]:
    """Return the keys of areas by canonical code, or by the code of `scheme`."""
    if scheme is None:
        return dict(session.execute(select(Area.code, Area.id)).all())
    scheme_codes = select(AreaCode.code, AreaCode.area_id).where(AreaCode.scheme == scheme)
    return dict(session.execute(scheme_codes).all())


def commodity_keys(session: Session, classification_id: int) -> dict[str, int]:
    """Return the keys of the commodities of a classification by code."""
    edition_codes = select(Commodity.code, Commodity.id).where(Commodity.classification_id == classification_id)
    return dict(session.execute(edition_codes).all())


def prepare_catalog(
    session: Session,
    description: Mapping[str, Any],
    *,
    classification: Mapping[str, Any],
    commodities: Sequence[CommodityDefinition],
    scheme: str | None = None,
) -> Catalog:
    """Return the catalog of a dataset; insert the dataset and its classification if they are new.

    The dataset stays locked until the transaction ends. A load that inserts codes waits for other loads that do.

    :raises InvalidFile: the description names an unknown reporter or classification.
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
    """Insert or update commodities, and insert TOTAL if it is missing.

    A commodity whose parent is unknown becomes a child of TOTAL.
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
    stored_rows = {row.id: dict(row._mapping) for row in session.execute(query)}
    return [
        entry
        for entry in _commodity_rows(session, classification_id, commodities)
        if entry != stored_rows.get(entry["id"])
    ]


def _commodity_rows(
    session: Session, classification_id: int, commodities: Sequence[CommodityDefinition]
) -> list[dict[str, Any]]:
    keys = commodity_keys(session, classification_id)
    next_id = (session.scalar(select(func.max(Commodity.id))) or 0) + 1
    all_commodities = sorted(
        [*([] if "TOTAL" in keys else [TOTAL_COMMODITY]), *commodities],
        key=lambda commodity: (commodity.level, commodity.code),
    )
    new_codes = [code for code in dict.fromkeys(commodity.code for commodity in all_commodities) if code not in keys]
    keys |= {code: key for key, code in enumerate(new_codes, start=next_id)}
    return [
        {
            "id": keys[commodity.code],
            "classification_id": classification_id,
            "code": commodity.code,
            "name": commodity.name,
            "level": commodity.level,
            "parent_id": None if commodity.code == "TOTAL" else keys.get(commodity.parent or "", keys["TOTAL"]),
        }
        for commodity in all_commodities
    ]


def upsert_rows(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, update_columns: Sequence[str]
) -> None:
    """Insert rows; rows whose key exists get the columns in `update_columns`."""
    entry = insert(table)
    changes = {name: entry.excluded[name] for name in update_columns}
    key = inspect(table).primary_key
    session.execute(entry.on_conflict_do_update(index_elements=key, set_=changes), rows)


def _find_or_create_classification(session: Session, code: str, description: Mapping[str, Any]) -> Classification:
    edition = session.scalar(select(Classification).where(Classification.code == code))
    if edition is None:
        if not description:
            error = FileError("is not a known classification; describe it under [classification]", value=code)
            raise InvalidFile("mapping", [error])
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
        raise InvalidFile("mapping", [FileError("is not the code of an area", value=description["reporter"])])
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
    """Refuse a description that would change the meaning of the figures already loaded."""
    expected = {key: description[key] for key in ("frequency", "currency", "unit_exponent", "exhaustive")}
    expected |= {"reporter_id": reporter.id, "classification_id": classification.id}
    errors = [
        FileError(
            f"dataset {dataset.code} has {getattr(dataset, key)} as {key}; choose another dataset code",
            value=str(value),
        )
        for key, value in expected.items()
        if getattr(dataset, key) != value
    ]
    if errors:
        raise InvalidFile("mapping", errors)
