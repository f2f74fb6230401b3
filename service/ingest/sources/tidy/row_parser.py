"""The row parser of tidy files, which alone decides the meaning and the errors of a row."""

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
    """A parser of single rows; `column_indexes` maps each field to its index in the header."""

    def __init__(self, mapping: TidyMapping, catalog: Catalog, header: list[str], report: LoadReport) -> None:
        self.header, self._report = header, report
        self.column_indexes = {field_name: header.index(column) for field_name, column in mapping.columns.items()}
        self._columns = mapping.columns
        self._statuses, self._default_status = mapping.statuses, mapping.default_status
        codes_by_label = {commodity.source_label: commodity.code for commodity in mapping.commodities}
        self.keys_by_label: dict[str, Mapping[str, int]] = {
            "flow": {label: FLOWS[code] for label, code in mapping.flows.items()} or FLOWS,
            "partner": _merge_label_keys(mapping.partners, catalog.areas),
            "commodity": _merge_label_keys(codes_by_label, catalog.commodities),
        }
        self._months = FREQUENCY_MONTHS[catalog.dataset.frequency]

    def parse_rows(self, rows: Iterable[NumberedRow]) -> Iterator[Record]:
        """Yield the figures of rows; the report gets the errors of the others."""
        for line, cells in well_formed_rows(iter(rows), self.header, self._report):
            record = self._parse_row(line, cells)
            if record is not None:
                yield record

    def parse_period(self, label: str) -> int:
        """Return the first month of a period.

        :raises InvalidCell: the label is not a period of the dataset.
        """
        return first_month(label, months=self._months, column=self._columns["period"])

    def parse_status(self, label: str | None) -> str:
        """Return the status of a label; the default status for null.

        :raises InvalidCell: the mapping does not have the label.
        """
        if label is None:
            return self._default_status
        status = self._statuses.get(label, label)
        if status not in ALLOWED_STATUSES:
            rule = "is not a status; map it to A, P, E, M or Q under [obs_status]"
            raise InvalidCell(rule, label, self._columns["obs_status"])
        return status

    def _parse_row(self, line: int, cells: list[str]) -> Record | None:
        flow, partner, commodity = (
            self._lookup_key(field_name, line, cells) for field_name in ("flow", "partner", "commodity")
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
        label = cells[self.column_indexes[dimension]]
        key = self.keys_by_label[dimension].get(label)
        if key is None:
            self._report.add_unknown_code(dimension, label, line=line)
        return key

    def _parse_value(self, cells: list[str]) -> int:
        return parse_integer(cells[self.column_indexes["value"]], column=self._columns["value"])

    def _parse_decimal(self, field_name: str, cells: list[str]) -> Decimal | None:
        text = self._get_cell(field_name, cells)
        return parse_decimal(text, column=self._columns[field_name]) if text else None


def _merge_label_keys(labels: Mapping[str, str], keys: Mapping[str, int]) -> dict[str, int]:
    return {**keys, **{label: keys[code] for label, code in labels.items() if code in keys}}
