"""Indicators from a TOML file: survey figures and other context."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy.orm import Session

from service.domain.periods import InvalidPeriodError, Period, parse_calendar_period
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
    upsert_entries,
)
from service.models import INDICATOR_KINDS, Area, Indicator, IndicatorFigure

INDICATOR_TABLE = "indicator"
AREA_FIELDS = ("reporter", "partner")


class _Period(NonEmptyString):
    """A month, quarter or year."""

    def __init__(self) -> None:
        super().__init__(validate=None)
        self.validators = []

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        try:
            return parse_calendar_period(super()._deserialize(text, attr, data, **kwargs))
        except InvalidPeriodError as error:
            raise ValidationError(f"is not a period: {error}") from error


class _Figure(TomlTable):
    """One figure of an indicator."""

    id = NonEmptyString(required=True, validate=VALID_CODE)
    label = NonEmptyString(required=True)
    value = fields.Decimal(
        required=True,
        error_messages={"required": "is required", "invalid": "should be a number", "special": "should be a number"},
    )


class _Indicator(TomlTable):
    """An indicator, with its figures."""

    id = NonEmptyString(required=True, validate=VALID_CODE)
    title = NonEmptyString(required=True)
    kind = NonEmptyString(required=True, validate=choice_validator(INDICATOR_KINDS))
    topic = NonEmptyString(required=True, validate=VALID_CODE)
    reporter = NonEmptyString()
    partner = NonEmptyString()
    period = _Period()
    published = TomlDate(required=True)
    publisher = NonEmptyString(required=True)
    respondents = fields.Integer(
        strict=True,
        error_messages={"invalid": "should be a whole number"},
        validate=validate.Range(min=1, error="should be above zero"),
    )
    unit = NonEmptyString(required=True)
    note = NonEmptyString()
    source = fields.Nested(EntrySource, required=True)
    figures = fields.List(fields.Nested(_Figure), required=True, validate=NOT_EMPTY)

    @validates_schema
    def check_figures(self, indicator: Mapping[str, Any], **_context: Any) -> None:
        """Check that no two figures of an indicator have the same id.

        :raises ValidationError: an id occurs twice.
        """
        codes = [figure["id"] for figure in indicator["figures"]]
        repeated = sorted({code for code in codes if codes.count(code) > 1})
        if repeated:
            raise ValidationError(f"has the id {', '.join(repeated)} twice", "figures")


def load_indicators_file(session: Session, path: Path, *, replace: bool = False) -> UpsertCounts:
    """Insert or update the indicators of a TOML file, in the transaction of `session`.

    With `replace`, delete the stored indicators that the file does not have.

    :raises InvalidFile: an entry is invalid, or names an unknown area.
    """
    indicators = read_entries(path, table_name=INDICATOR_TABLE, schema=_Indicator)
    areas = areas_by_code(session)
    errors = [error for number, entry in enumerate(indicators) for error in _unknown_code_errors(entry, number, areas)]
    if errors:
        raise InvalidFile(path.name, errors)
    entries = [_build_entry(entry, areas) for entry in indicators]
    return upsert_entries(session, entries, table=Indicator, child_tables=(IndicatorFigure,), replace=replace)


def _unknown_code_errors(indicator: Mapping[str, Any], index: int, areas: Mapping[str, Area]) -> Iterator[FileError]:
    codes_by_location = {
        entry_location(INDICATOR_TABLE, index, name): indicator[name] for name in AREA_FIELDS if name in indicator
    }
    yield from unknown_area_errors(codes_by_location, areas)


def _build_entry(indicator: Mapping[str, Any], areas: Mapping[str, Area]) -> EntryRows:
    period: Period | None = indicator.get("period")
    reporter, partner = (areas[indicator[name]].id if name in indicator else None for name in AREA_FIELDS)
    row = Indicator(
        code=indicator["id"],
        reporter_id=reporter,
        partner_id=partner,
        first_month=None if period is None else period.first_month,
        months=None if period is None else period.months,
        published_on=indicator["published"],
        digest=entry_digest(indicator),
        **{name: indicator[name] for name in ("title", "kind", "topic", "publisher", "unit")},
        **{name: indicator.get(name) for name in ("respondents", "note")},
        **source_columns(indicator["source"]),
    )
    figures = [
        IndicatorFigure(
            indicator_code=row.code,
            place=position,
            code=figure["id"],
            label=figure["label"],
            value=Decimal(figure["value"]),
        )
        for position, figure in enumerate(indicator["figures"], start=1)
    ]
    return EntryRows(row, figures)
