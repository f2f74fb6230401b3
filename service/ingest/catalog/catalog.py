"""The catalog of a load: its dataset, and the keys in the database of all codes of areas and commodities."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.area_names import normalize_name
from service.domain.codes import HS_FAMILY, WORLD_CODE
from service.errors import FileError, InvalidFile
from service.ingest.catalog.mapping_checks import dataset_errors
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.catalog.reporter_error import unknown_reporter
from service.ingest.catalog.unmapped_codes import (
    UNMAPPED_CODE,
    UnmappedCodes,
    UnmappedPolicy,
    is_group_code,
    is_total_label,
    mentions_total,
    restore_leading_zero,
)
from service.ingest.release.locks import lock_catalog, lock_dataset
from service.ingest.validation.record import InvalidCell
from service.models import Area, AreaCode, Base, Classification, Commodity, Dataset, ReleaseUnmapped

TOTAL_COMMODITY = CommodityDefinition(
    source_label="TOTAL", code="TOTAL", name="Total, all commodities", level=0, parent=None
)


SOURCE_WORLD_CODE = "W00"
"""The alphabetic code of World in files of UN Comtrade."""
SOURCE_SEPARATOR = ":"
"""Separator in the codes of areas that loads insert for unmapped partners, such as `census:9999`."""


AREA_COLUMN_SCHEMES = {"iso2": Area.iso2, "m49": Area.m49, "iso3": Area.code}
"""Code lists of areas that are columns of the table `area`; those of other schemes are in `area_code`."""


@dataclass(frozen=True)
class Catalog:
    """A dataset with the keys of areas and commodities by code, and the codes that turned out to be unmapped.

    `world_id` is the key of World; with null, printed totals of partners are not recognized. `family` is the family of
    the dataset's classification. `scheme` is the code list of the partner codes; null means canonical codes.
    `group_names` are the normalized names of groups of countries.
    """

    dataset: Dataset
    areas: dict[str, int]
    commodities: dict[str, int]
    world_id: int | None = None
    family: str = ""
    scheme: str | None = None
    unmapped: UnmappedCodes = field(default_factory=UnmappedCodes)
    group_names: frozenset[str] = frozenset()

    def partner_key(self, code: str, *, label: str = "", column: str | None = None) -> int:
        """Return the key of the partner with this code in a file; for an unmapped code, a temporary key.

        `label` is the name beside the code and `column` the column of the code; errors show them.

        :raises InvalidCell: the code cannot be that of a partner, or may be a printed total or a group of countries.
        """
        key = self.areas.get(code)
        if key is not None:
            return key
        if self.world_id is not None and (is_total_label(code) or code == SOURCE_WORLD_CODE):
            return self.world_id
        if is_group_code(code) or normalize_name(code) in self.group_names:
            rule = (
                "names a group of countries, whose trade World would count twice; leave its rows out, or map it to a "
                "group of /v1/groups, such as EU"
            )
            raise InvalidCell(rule, code, column)
        if mentions_total(code) or mentions_total(label):
            rule = f"reads like a printed total ({label or code}); map it to {WORLD_CODE}, or to the area that it means"
            raise InvalidCell(rule, code, column)
        return self.unmapped.partner_key(code, label=label, column=column)

    def commodity_key(self, code: str, *, label: str = "", column: str | None = None) -> int:
        """Return the key of the commodity with this code in a file; for an unmapped code, a temporary key.

        An HS code that lost its leading zero is recognized. `label` is the name beside the code and `column` the column
        of the code; errors show them.

        :raises InvalidCell: the code cannot be that of a commodity, or may be a printed total.
        """
        key = self.commodities.get(code)
        if key is not None:
            return key
        restored = restore_leading_zero(code, self.commodities) if self.family == HS_FAMILY else None
        if restored is not None:
            return self.commodities[restored]
        if is_total_label(code):
            return self.commodities[TOTAL_COMMODITY.code]
        if mentions_total(code) or is_total_label(label):
            rule = f"reads like a printed total ({label or code}); map it to TOTAL, or to the commodity that it means"
            raise InvalidCell(rule, code, column)
        return self.unmapped.commodity_key(code, label=label, column=column)


def area_keys(session: Session, *, scheme: str | None) -> dict[str, int]:
    """Return the keys of areas by their codes in the code list `scheme`; null means canonical codes.

    With the scheme `m49`, codes are also found without their leading zeros.
    """
    if scheme is None:
        return dict(session.execute(select(Area.code, Area.id)).all())
    if scheme in AREA_COLUMN_SCHEMES:
        column = AREA_COLUMN_SCHEMES[scheme]
        rows = session.execute(select(column, Area.id).where(column.is_not(None)))
        codes = {str(code): key for code, key in rows}
        return {code.lstrip("0"): key for code, key in codes.items()} | codes
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
    unmapped_policy: UnmappedPolicy = "keep",
) -> Catalog:
    """Return the catalog of a dataset; insert the dataset and its classification if they are new.

    `description` and `classification` have the keys of the tables [dataset] and [classification] of a mapping file.
    `commodities` are inserted or updated. `scheme` is the code list of the partner codes; null means canonical codes.
    The dataset stays locked until the transaction ends. Loads that insert codes wait for one another.

    :raises InvalidFile: the description is invalid, names an unknown reporter or classification, or would change the
        meaning of the figures that the dataset has.
    :raises LoadInProgress: another load of the dataset is running.
    """
    if errors := list(dataset_errors(description)):
        raise InvalidFile("dataset", errors)
    lock_dataset(session, description["code"])
    if session.scalar(select(Dataset.id).where(Dataset.code == description["code"])) is None:
        lock_catalog(session)
    edition = _find_or_create_classification(session, description["classification"], classification)
    upsert_commodities(session, edition.id, commodities)
    return build_catalog(
        session,
        _find_or_create_dataset(session, description, edition),
        edition,
        scheme=scheme,
        listed_codes={commodity.code for commodity in commodities},
        unmapped_policy=unmapped_policy,
    )


def build_catalog(
    session: Session,
    dataset: Dataset,
    edition: Classification,
    *,
    scheme: str | None,
    listed_codes: Collection[str] = (),
    unmapped_policy: UnmappedPolicy = "keep",
) -> Catalog:
    """Return the catalog of a dataset, `edition` being its classification, with the codes that the database now has.

    Codes that earlier loads inserted for unmapped codes count as unmapped again, unless the code list of the source now
    has them (`listed_codes`).
    """
    own_areas = area_keys(session, scheme=source_scheme(scheme, dataset))
    areas = area_keys(session, scheme=scheme)
    inserted = set(session.scalars(select(Area.id).where(Area.code.contains(SOURCE_SEPARATOR))))
    commodities = commodity_keys(session, edition.id)
    unmapped = (unmapped_commodities(session, edition.id) | {UNMAPPED_CODE}) - set(listed_codes)
    return Catalog(
        dataset=dataset,
        areas={code: key for code, key in areas.items() if key not in inserted},
        commodities={code: key for code, key in commodities.items() if code not in unmapped},
        world_id=session.scalar(select(Area.id).where(Area.code == WORLD_CODE)),
        family=edition.family,
        scheme=scheme,
        unmapped=UnmappedCodes(
            unmapped_policy,
            known_partners={code: key for code, key in own_areas.items() if key in inserted},
            known_commodities={code: key for code, key in commodities.items() if code in unmapped},
        ),
        group_names=frozenset(map(normalize_name, session.scalars(select(Area.name).where(Area.kind == "group")))),
    )


def source_scheme(scheme: str | None, dataset: Dataset) -> str:
    """Return the name under which partner codes of a dataset are stored: `scheme`, or else the code of the dataset."""
    return scheme or dataset.code


def unmapped_commodities(session: Session, classification_id: int) -> set[str]:
    """Return the codes of the commodities of a classification that loads inserted for unmapped codes."""
    query = (
        select(ReleaseUnmapped.code)
        .join(Dataset, Dataset.id == ReleaseUnmapped.dataset_id)
        .where(Dataset.classification_id == classification_id, ReleaseUnmapped.dimension == "commodity")
    )
    return set(session.scalars(query.distinct()))


def upsert_commodities(session: Session, classification_id: int, commodities: Sequence[CommodityDefinition]) -> None:
    """Insert or update the commodities of a classification, and insert TOTAL if it is missing.

    A commodity whose parent is unknown or null becomes a child of TOTAL.
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
    """Insert rows into a table; where a row with the same primary key exists, update only its `update_columns`."""
    entry = insert(table)
    changes = {name: entry.excluded[name] for name in update_columns}
    key = inspect(table).primary_key
    session.execute(entry.on_conflict_do_update(index_elements=key, set_=changes), rows)


def _find_or_create_classification(session: Session, code: str, description: Mapping[str, Any]) -> Classification:
    edition = session.scalar(select(Classification).where(Classification.code == code))
    if edition is None:
        if not description:
            raise InvalidFile("mapping", [_unknown_classification(session, code)])
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


def _unknown_classification(session: Session, code: str) -> FileError:
    editions = select(Classification.code, Classification.name).where(Classification.family == HS_FAMILY)
    editions_text = ", ".join(f"{edition} ({name})" for edition, name in session.execute(editions.order_by("code")))
    rule = "is not a known classification; describe it under [classification], or use an edition of HS:"
    return FileError(f"{rule} {editions_text}", value=code)


def _find_or_create_dataset(
    session: Session, description: Mapping[str, Any], classification: Classification
) -> Dataset:
    dataset = session.scalar(select(Dataset).where(Dataset.code == description["code"]))
    keys = area_keys(session, scheme=description.get("reporter_scheme"))
    reporter = session.get(Area, keys.get(description["reporter"], 0))
    if reporter is None:
        raise InvalidFile("mapping", [unknown_reporter(session, description)])
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


def _toml_word(value: Any) -> str:
    """Return a value as a mapping file has it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_unchanged(
    dataset: Dataset, description: Mapping[str, Any], reporter: Area, classification: Classification
) -> None:
    """Refuse a description that would change the meaning of the figures already loaded."""
    expected = {key: description[key] for key in ("frequency", "currency", "unit_exponent", "exhaustive")}
    expected |= {"reporter_id": reporter.id, "classification_id": classification.id}
    errors = [
        FileError(
            f"dataset {dataset.code} is loaded with {key} = {_toml_word(getattr(dataset, key))}; keep it, or choose "
            "another dataset code",
            value=_toml_word(value),
        )
        for key, value in expected.items()
        if getattr(dataset, key) != value
    ]
    if errors:
        raise InvalidFile("mapping", errors)
