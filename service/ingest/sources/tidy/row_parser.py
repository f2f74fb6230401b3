"""Rows of tidy files, read by a mapping. This alone decides what a row says, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from service.domain.flows import FLOWS
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import TidyMapping
from service.ingest.formats.text_file import NumberedRow
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.sources.fixed_layout import well_formed_rows
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import InvalidCell, Record, parse_decimal, parse_integer

FREQUENCY_MONTHS = {"M": 1, "Q": 3, "A": 12}
ALLOWED_STATUSES = {"A", "P", "E", "M", "Q"}
NULL_VALUE_STATUSES = {"M", "Q"}


class RowParser:
    """Reads one row after the other; `header` names the columns, `places` tells where in it each meaning is found."""

    def __init__(self, mapping: TidyMapping, catalog: Catalog, header: list[str], report: LoadReport) -> None:
        self.header, self._report = header, report
        self.column_indexes = {meaning: header.index(column) for meaning, column in mapping.columns.items()}
        self._columns = mapping.columns
        self._statuses, self._default_status = mapping.statuses, mapping.default_status
        words = {good.source_label: good.code for good in mapping.commodities}
        self.keys_by_label: dict[str, Mapping[str, int]] = {
            "flow": {word: FLOWS[code] for word, code in mapping.flows.items()} or FLOWS,
            "partner": _merge_label_keys(mapping.partners, catalog.areas),
            "commodity": _merge_label_keys(words, catalog.commodities),
        }
        self._months = FREQUENCY_MONTHS[catalog.dataset.frequency]

    def parse_rows(self, rows: Iterable[NumberedRow]) -> Iterator[Record]:
        """Yield the figures of rows; what is wrong with the others the report then holds."""
        for line, cells in well_formed_rows(iter(rows), self.header, self._report):
            record = self._parse_row(line, cells)
            if record is not None:
                yield record

    def parse_period(self, label: str) -> int:
        """Return the first month of the period that a word tells.

        :raises NotAFigureError: it is none of the dataset.
        """
        return first_month(label, months=self._months, column=self._columns["period"])

    def parse_status(self, label: str | None) -> str:
        """Return the status that a word tells, or null: that there is none.

        :raises NotAFigureError: the mapping does not know the word.
        """
        if label is None:
            return self._default_status
        status = self._statuses.get(label, label)
        if status not in ALLOWED_STATUSES:
            rule = "is a status that the mapping does not turn into A, P, E, M or Q"
            raise InvalidCell(rule, label, self._columns["obs_status"])
        return status

    def _parse_row(self, line: int, cells: list[str]) -> Record | None:
        flow, partner, commodity = (
            self._lookup_key(meaning, line, cells) for meaning in ("flow", "partner", "commodity")
        )
        if flow is None or partner is None or commodity is None:
            return None
        try:
            status = self.parse_status(self._get_cell("obs_status", cells))
            return Record(
                flow=flow,
                partner_id=partner,
                commodity_id=commodity,
                period=self.parse_period(cells[self.column_indexes["period"]]),
                value=None if status in NULL_VALUE_STATUSES else self._parse_value(cells),
                quantity=self._parse_decimal("quantity", cells),
                quantity_unit=self._get_cell("quantity_unit", cells) or None,
                net_weight_kg=self._parse_decimal("net_weight_kg", cells),
                obs_status=status,
                line=line,
            )
        except InvalidCell as error:
            self._report.add_invalid_cell(error, line=line)
        return None

    def _get_cell(self, field_name: str, cells: list[str]) -> str | None:
        return cells[self.column_indexes[field_name]] if field_name in self.column_indexes else None

    def _lookup_key(self, dimension: str, line: int, cells: list[str]) -> int | None:
        word = cells[self.column_indexes[dimension]]
        key = self.keys_by_label[dimension].get(word)
        if key is None:
            self._report.add_unknown_code(dimension, word, line=line)
        return key

    def _parse_value(self, cells: list[str]) -> int:
        return parse_integer(cells[self.column_indexes["value"]], column=self._columns["value"])

    def _parse_decimal(self, field_name: str, cells: list[str]) -> Decimal | None:
        text = self._get_cell(field_name, cells)
        return parse_decimal(text, column=self._columns[field_name]) if text else None


def _merge_label_keys(labels: Mapping[str, str], keys: Mapping[str, int]) -> dict[str, int]:
    return {**keys, **{word: keys[code] for word, code in labels.items() if code in keys}}
