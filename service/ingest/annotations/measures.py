"""Trade measures from a TOML file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.flows import FLOWS
from service.errors import FileError, InvalidFile
from service.ingest.annotations.toml_file import (
    NOT_EMPTY,
    VALID_CODE,
    EntrySource,
    NonEmptyString,
    TomlDate,
    TomlTable,
    choice_validator,
    entry_digest,
    entry_location,
    read_entries,
)
from service.ingest.annotations.upsert import (
    EntryRows,
    UpsertCounts,
    areas_by_code,
    source_columns,
    unknown_area_errors,
    unknown_code_error,
    upsert_entries,
)
from service.models import (
    MEASURE_CERTAINTIES,
    MEASURE_KINDS,
    Area,
    Classification,
    Commodity,
    Measure,
    MeasureCommodity,
    MeasurePartner,
)

MEASURE_TABLE = "measure"


class _AffectedCommodity(TomlTable):
    """A code of a classification that covers commodities affected by a measure."""

    classification = NonEmptyString(required=True)
    code = NonEmptyString(required=True)
    certainty = NonEmptyString(required=True, validate=choice_validator(MEASURE_CERTAINTIES))
    note = NonEmptyString()


class _Measure(TomlTable):
    """A trade measure."""

    id = NonEmptyString(required=True, validate=VALID_CODE)
    title = NonEmptyString(required=True)
    reporter = NonEmptyString(required=True)
    authority = NonEmptyString(required=True)
    kind = NonEmptyString(required=True, validate=choice_validator(MEASURE_KINDS))
    flows = fields.List(NonEmptyString(validate=choice_validator(tuple(FLOWS))), required=True, validate=NOT_EMPTY)
    announced = TomlDate(required=True)
    in_force = TomlDate()
    ended = TomlDate()
    description = NonEmptyString()
    partners = fields.List(NonEmptyString(), load_default=list)
    goods = fields.List(fields.Nested(_AffectedCommodity), required=True, validate=NOT_EMPTY)
    source = fields.Nested(EntrySource, required=True)

    @validates_schema
    def check_order(self, measure: Mapping[str, Any], **_context: Any) -> None:
        """Check that a measure is announced, comes into force and ends in this order.

        :raises ValidationError: one of the dates is before an earlier one.
        """
        for earlier, later in (("announced", "in_force"), ("in_force", "ended"), ("announced", "ended")):
            if earlier in measure and later in measure and measure[later] < measure[earlier]:
                raise ValidationError(f"is before {earlier}", later)


def load_measures_file(session: Session, path: Path, *, replace: bool = False) -> UpsertCounts:
    """Insert or update the trade measures of a TOML file, in the transaction of `session`.

    With `replace`, delete the stored measures that the file does not have.

    :raises InvalidFile: an entry is invalid, or names an unknown area, classification or commodity.
    """
    measures = read_entries(path, table_name=MEASURE_TABLE, schema=_Measure)
    areas, commodities = areas_by_code(session), _CommodityCache(session)
    errors = [
        d
        for number, entry in enumerate(measures)
        for d in _unknown_code_errors(entry, number, areas=areas, commodities=commodities)
    ]
    if errors:
        raise InvalidFile(path.name, errors)
    entries = [_build_entry(entry, areas=areas, commodities=commodities) for entry in measures]
    return upsert_entries(
        session, entries, table=Measure, child_tables=(MeasureCommodity, MeasurePartner), replace=replace
    )


class _CommodityCache:
    """The commodities of the classifications that a file names; each classification is loaded at first use."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._classification_commodities: dict[str, dict[str, Commodity]] = {}
        self.classification_names = dict(session.execute(select(Classification.code, Classification.name)).all())

    def commodities_by_code(self, classification: str) -> dict[str, Commodity]:
        """Return the commodities of one edition by code; empty for an unknown edition."""
        if classification not in self._classification_commodities:
            edition = Classification.code == classification
            query = select(Commodity).join(Classification, Commodity.classification_id == Classification.id)
            commodities = self._session.scalars(query.where(edition))
            self._classification_commodities[classification] = {
                affected_commodity.code: affected_commodity for affected_commodity in commodities
            }
        return self._classification_commodities[classification]


def _unknown_code_errors(
    measure: Mapping[str, Any], index: int, *, areas: Mapping[str, Area], commodities: _CommodityCache
) -> Iterator[FileError]:
    """Yield an error for each unknown code of the measure."""
    codes_by_location = {entry_location(MEASURE_TABLE, index, "reporter"): measure["reporter"]}
    codes_by_location |= {
        entry_location(MEASURE_TABLE, index, "partners", position): code
        for position, code in enumerate(measure["partners"])
    }
    yield from unknown_area_errors(codes_by_location, areas)
    for position, affected_commodity in enumerate(measure["goods"]):
        edition, code = affected_commodity["classification"], affected_commodity["code"]
        commodity_names = {
            commodity.code: commodity.name for commodity in commodities.commodities_by_code(edition).values()
        }
        if not commodity_names:
            rule = "is not a known classification; load figures in it first"
            yield unknown_code_error(
                edition,
                commodities.classification_names,
                location=entry_location(MEASURE_TABLE, index, "goods", position, "classification"),
                rule=rule,
            )
        elif code not in commodity_names:
            rule = f"is not a code of {edition}"
            yield unknown_code_error(
                code,
                commodity_names,
                location=entry_location(MEASURE_TABLE, index, "goods", position, "code"),
                rule=rule,
            )


def _build_entry(measure: Mapping[str, Any], *, areas: Mapping[str, Area], commodities: _CommodityCache) -> EntryRows:
    code, source = measure["id"], measure["source"]
    row = Measure(
        code=code,
        title=measure["title"],
        reporter_id=areas[measure["reporter"]].id,
        authority=measure["authority"],
        kind=measure["kind"],
        flows=list(dict.fromkeys(measure["flows"])),
        announced_on=measure["announced"],
        in_force_on=measure.get("in_force"),
        ended_on=measure.get("ended"),
        description=measure.get("description"),
        digest=entry_digest(measure),
        **source_columns(source),
    )
    affected = {
        commodities.commodities_by_code(affected_commodity["classification"])[
            affected_commodity["code"]
        ].id: affected_commodity
        for affected_commodity in measure["goods"]
    }
    parts = [
        MeasureCommodity(
            measure_code=code,
            commodity_id=key,
            certainty=affected_commodity["certainty"],
            note=affected_commodity.get("note"),
        )
        for key, affected_commodity in affected.items()
    ]
    partners = [
        MeasurePartner(measure_code=code, area_id=key) for key in {areas[one].id for one in measure["partners"]}
    ]
    return EntryRows(row, [*parts, *partners])
