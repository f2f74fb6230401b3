"""Trade measures, entered from a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.flows import FLOWS
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
from service.ingest.annotations.upsert import (
    Entered,
    Entry,
    areas_by_code,
    enter,
    source_columns,
    unknown_areas,
    unknown_code,
)
from service.models import (
    MEASURE_CERTAINTIES,
    MEASURE_KINDS,
    Area,
    Classification,
    Commodity,
    Measure,
    MeasureGood,
    MeasurePartner,
)

KIND = "measure"


class _Goods(Table):
    """A commodity that stands for goods which a measure affects."""

    classification = Line(required=True)
    code = Line(required=True)
    certainty = Line(required=True, validate=one_of(MEASURE_CERTAINTIES))
    note = Line()


class _Measure(Table):
    """A trade measure."""

    id = Line(required=True, validate=CODE)
    title = Line(required=True)
    reporter = Line(required=True)
    authority = Line(required=True)
    kind = Line(required=True, validate=one_of(MEASURE_KINDS))
    flows = fields.List(Line(validate=one_of(tuple(FLOWS))), required=True, validate=NOT_EMPTY)
    announced = Day(required=True)
    in_force = Day()
    ended = Day()
    description = Line()
    partners = fields.List(Line(), load_default=list)
    goods = fields.List(fields.Nested(_Goods), required=True, validate=NOT_EMPTY)
    source = fields.Nested(Source, required=True)

    @validates_schema
    def check_order(self, measure: Mapping[str, Any], **_context: Any) -> None:
        """Refuse a measure that ends before it begins, or begins before it is announced."""
        for earlier, later in (("announced", "in_force"), ("in_force", "ended"), ("announced", "ended")):
            if earlier in measure and later in measure and measure[later] < measure[earlier]:
                raise ValidationError(f"is before {earlier}", later)


def load_measures(session: Session, path: Path, *, replace: bool = False) -> Entered:
    """Enter the measures of a file, in the transaction of `session`; with `replace` no others stay.

    :raises BadFile: something in it is not right, or it names a code that there is none of.
    """
    measures = read_entries(path, kind=KIND, schema=_Measure)
    areas, goods = areas_by_code(session), _Editions(session)
    defects = [d for number, read in enumerate(measures) for d in _unknown(read, number, areas=areas, goods=goods)]
    if defects:
        raise BadFile(path.name, defects)
    entries = [_entry(read, areas=areas, goods=goods) for read in measures]
    return enter(session, entries, table=Measure, part_tables=(MeasureGood, MeasurePartner), replace=replace)


class _Editions:
    """The commodities of the classifications that a file names, read when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_edition: dict[str, dict[str, Commodity]] = {}
        self.names = dict(session.execute(select(Classification.code, Classification.name)).all())

    def of(self, classification: str) -> dict[str, Commodity]:
        """Return the commodities of one edition by code; none where there is no such edition."""
        if classification not in self._by_edition:
            edition = Classification.code == classification
            query = select(Commodity).join(Classification, Commodity.classification_id == Classification.id)
            goods = self._session.scalars(query.where(edition))
            self._by_edition[classification] = {good.code: good for good in goods}
        return self._by_edition[classification]


def _unknown(
    measure: Mapping[str, Any], number: int, *, areas: Mapping[str, Area], goods: _Editions
) -> Iterator[Defect]:
    """Yield a defect for each code of the measure that there is none of."""
    coded = {place_of(KIND, number, "reporter"): measure["reporter"]}
    coded |= {place_of(KIND, number, "partners", at): code for at, code in enumerate(measure["partners"])}
    yield from unknown_areas(coded, areas)
    for at, good in enumerate(measure["goods"]):
        edition, code = good["classification"], good["code"]
        known = {own.code: own.name for own in goods.of(edition).values()}
        if not known:
            rule = "is no classification that is loaded; load figures in it first"
            yield unknown_code(
                edition, goods.names, place=place_of(KIND, number, "goods", at, "classification"), rule=rule
            )
        elif code not in known:
            rule = f"is no code of {edition}"
            yield unknown_code(code, known, place=place_of(KIND, number, "goods", at, "code"), rule=rule)


def _entry(measure: Mapping[str, Any], *, areas: Mapping[str, Area], goods: _Editions) -> Entry:
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
        digest=digest_of(measure),
        **source_columns(source),
    )
    affected = {goods.of(good["classification"])[good["code"]].id: good for good in measure["goods"]}
    parts = [
        MeasureGood(measure_code=code, commodity_id=key, certainty=good["certainty"], note=good.get("note"))
        for key, good in affected.items()
    ]
    partners = [
        MeasurePartner(measure_code=code, area_id=key) for key in {areas[one].id for one in measure["partners"]}
    ]
    return Entry(row, [*parts, *partners])
