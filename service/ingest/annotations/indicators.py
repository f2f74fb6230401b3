"""Indicators, entered from a file: figures of surveys, and other context."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy.orm import Session

from service.domain.periods import NotAPeriodError, Period, parse_period
from service.errors import BadFile, Defect
from service.ingest.annotations.toml_file import (
    CODE,
    NOT_EMPTY,
    Day,
    Line,
    Source,
    Table,
    digest_of,
    one_of,
    place_of,
    read_entries,
)
from service.ingest.annotations.upsert import Entered, Entry, areas_by_code, enter, source_columns, unknown_areas
from service.models import INDICATOR_KINDS, Area, Indicator, IndicatorFigure

KIND = "indicator"
AREAS = ("reporter", "partner")


class _Period(Line):
    """A month, quarter or year."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        try:
            return parse_period(super()._deserialize(text, attr, data, **kwargs))
        except NotAPeriodError as error:
            raise ValidationError(f"is no period: {error}") from error


class _Figure(Table):
    """One figure of an indicator."""

    id = Line(required=True, validate=CODE)
    label = Line(required=True)
    value = fields.Decimal(
        required=True,
        error_messages={"required": "is required", "invalid": "should be a number", "special": "should be a number"},
    )


class _Indicator(Table):
    """An indicator, with its figures."""

    id = Line(required=True, validate=CODE)
    title = Line(required=True)
    kind = Line(required=True, validate=one_of(INDICATOR_KINDS))
    topic = Line(required=True, validate=CODE)
    reporter = Line()
    partner = Line()
    period = _Period(validate=[])
    published = Day(required=True)
    publisher = Line(required=True)
    respondents = fields.Integer(
        strict=True,
        error_messages={"invalid": "should be a whole number"},
        validate=validate.Range(min=1, error="should be above zero"),
    )
    unit = Line(required=True)
    note = Line()
    source = fields.Nested(Source, required=True)
    figures = fields.List(fields.Nested(_Figure), required=True, validate=NOT_EMPTY)

    @validates_schema
    def check_figures(self, indicator: Mapping[str, Any], **_context: Any) -> None:
        """Refuse two figures of one id."""
        codes = [figure["id"] for figure in indicator["figures"]]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValidationError(f"has the id {', '.join(twice)} twice", "figures")


def load_indicators(session: Session, path: Path, *, replace: bool = False) -> Entered:
    """Enter the indicators of a file, in the transaction of `session`; with `replace` no others stay.

    :raises BadFile: something in it is not right, or it names an area that there is none of.
    """
    indicators = read_entries(path, kind=KIND, schema=_Indicator)
    areas = areas_by_code(session)
    defects = [defect for number, read in enumerate(indicators) for defect in _unknown(read, number, areas)]
    if defects:
        raise BadFile(path.name, defects)
    entries = [_entry(read, areas) for read in indicators]
    return enter(session, entries, table=Indicator, part_tables=(IndicatorFigure,), replace=replace)


def _unknown(indicator: Mapping[str, Any], number: int, areas: Mapping[str, Area]) -> Iterator[Defect]:
    coded = {place_of(KIND, number, name): indicator[name] for name in AREAS if name in indicator}
    yield from unknown_areas(coded, areas)


def _entry(indicator: Mapping[str, Any], areas: Mapping[str, Area]) -> Entry:
    period: Period | None = indicator.get("period")
    reporter, partner = (areas[indicator[name]].id if name in indicator else None for name in AREAS)
    row = Indicator(
        code=indicator["id"],
        reporter_id=reporter,
        partner_id=partner,
        first_month=None if period is None else period.first,
        months=None if period is None else period.months,
        published_on=indicator["published"],
        digest=digest_of(indicator),
        **{name: indicator[name] for name in ("title", "kind", "topic", "publisher", "unit")},
        **{name: indicator.get(name) for name in ("respondents", "note")},
        **source_columns(indicator["source"]),
    )
    figures = [
        IndicatorFigure(
            indicator_code=row.code, place=place, code=own["id"], label=own["label"], value=Decimal(own["value"])
        )
        for place, own in enumerate(indicator["figures"], start=1)
    ]
    return Entry(row, figures)
