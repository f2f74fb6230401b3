"""Figures written out in a test, published as releases."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, text

from service.db.access.grants import LOADER
from service.domain.flows import FLOWS
from service.ingest.catalog.catalog import prepare_catalog
from service.ingest.catalog.mapping_file import CommodityDefinition
from service.ingest.release.load_session import open_load_session
from service.ingest.release.publish import Publication, publish_release
from service.ingest.staging.arrow_columns import record_batches
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import Record
from tests.support.roles import engine_for_role

FREQUENCY_BY_PERIOD_LENGTH = {4: "A", 7: "M"}
FigureKey = tuple[str, str, str, str]

TEST_COMMODITIES = (
    CommodityDefinition(source_label="A", code="A", name="Apples and all", level=1, parent="TOTAL"),
    CommodityDefinition(source_label="B", code="B", name="Berries", level=1, parent="TOTAL"),
    CommodityDefinition(source_label="A1", code="A1", name="Apples", level=2, parent="A"),
)


class Publisher:
    """Publishes figures of Japan; each call is one release.

    Figures are given as {period: value}, of exports to the World of all goods, or as
    {(flow, partner, commodity, period): value}. A value is in dollars; None is a missing figure, a pair is a value with
    its status, and a dict is a value with quantity, quantity_unit and net_weight_kg. They are loaded by the role that
    loads, which can do nothing else.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(
        self,
        figures: Mapping[Any, Any],
        *,
        published: str = "2024-02-28",
        exhaustive: bool = True,
        hs_codes: Sequence[str] = (),
        **dataset: Any,
    ) -> None:
        cells = {_figure_key(key): figure for key, figure in figures.items()}
        frequency = FREQUENCY_BY_PERIOD_LENGTH[len(next(iter(cells))[3])]
        described = {
            "code": f"test-{frequency.lower()}",
            "title": "Figures of a test",
            "source": "A test",
            "reporter": "JPN",
            "frequency": frequency,
            "classification": "T",
            "currency": "USD",
            "unit_exponent": 0,
            "export_valuation": "FOB",
            "import_valuation": "CIF",
            "trade_system": "general",
            "exhaustive": exhaustive,
            "attribution": "Source: a test",
        } | dataset
        with open_load_session(engine_for_role(self._engine.url, LOADER)) as session:
            commodities = TEST_COMMODITIES if described["classification"] == "T" else _hs_commodities(hs_codes)
            catalog = prepare_catalog(
                session, described, classification={"name": "Goods of a test"}, commodities=commodities
            )
            records = [_record(catalog, cell, figure) for cell, figure in cells.items()]
            publication = Publication(
                dataset_id=catalog.dataset.id,
                published_on=date.fromisoformat(published),
                stage="provisional",
                file_name="test.csv",
                sha256=f"{sorted(cells.items(), key=str)} {published}",
                parser_version="test-1",
            )
            publish_release(session, publication, record_batches(records))
            session.commit()

    def execute(self, statement: str) -> None:
        """Execute a statement for which there is no command."""
        with self._engine.begin() as connection:
            connection.execute(text(statement))


def _hs_commodities(codes: Sequence[str]) -> list[CommodityDefinition]:
    return [
        CommodityDefinition(source_label=code, code=code, name=code, level=len(code), parent=code[:-2] or "TOTAL")
        for code in codes
    ]


def _figure_key(key: Any) -> FigureKey:
    return ("X", "WLD", "TOTAL", key) if isinstance(key, str) else key


def _record(catalog: Any, cell: FigureKey, figure: Any) -> Record:
    flow, partner, commodity, period = cell
    measured = figure if isinstance(figure, dict) else {"value": figure}
    figure = measured["value"]
    value, status = figure if isinstance(figure, tuple) else (figure, "M" if figure is None else "A")
    return Record(
        flow=FLOWS[flow],
        partner_id=catalog.areas[partner],
        commodity_id=catalog.commodities[commodity],
        period=first_month(period, months=1 if len(period) == 7 else 12),
        value=value,
        quantity=measured.get("quantity"),
        quantity_unit=measured.get("quantity_unit"),
        net_weight_kg=measured.get("net_weight_kg"),
        obs_status=status,
        line=1,
    )
