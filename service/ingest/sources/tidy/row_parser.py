"""The row parser of tidy files, which accepts every valid row and reports the errors of all others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import TidyMapping
from service.ingest.formats.text_file import NumberedRow
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.sources.fixed_layout import well_formed_rows
from service.ingest.validation.periods import parse_period_label
from service.ingest.validation.record import InvalidCell, Record

ALLOWED_STATUSES = {"A", "P", "E", "M", "Q"}
MISSING_STATUS = "M"
NULL_VALUE_STATUSES = {MISSING_STATUS, "Q"}


class RowParser:
    """A parser of the rows of one file.

    `column_indexes` maps each field to the index of its column. `keys_by_label` has the keys in the database of the
    labels of each dimension: `flow`, `partner` and `commodity`.
    """

    def __init__(self, mapping: TidyMapping, catalog: Catalog, header: list[str], report: LoadReport) -> None:
        self.header, self._report, self._catalog = header, report, catalog
        self.column_indexes = {field_name: header.index(column) for field_name, column in mapping.columns.items()}
        self._columns = mapping.columns
        self._statuses, self._default_status = mapping.statuses, mapping.default_status
        codes_by_label = {commodity.source_label: commodity.code for commodity in mapping.commodities}
        self.keys_by_label: dict[str, dict[str, int]] = {
            "flow": {label: FLOWS[code] for label, code in mapping.flows.items()} or dict(FLOWS),
            "partner": _merge_label_keys(mapping.partners, catalog.areas),
            "commodity": _merge_label_keys(codes_by_label, catalog.commodities),
        }
        self._months = MONTHS_PER_PERIOD[catalog.dataset.frequency]
        self.numbers = mapping.numbers

    def parse_rows(self, rows: Iterable[NumberedRow]) -> Iterator[Record]:
        """Yield the figures of valid rows; the errors of other rows are added to the report."""
        for line, cells in well_formed_rows(iter(rows), self.header, self._report):
            record = self._parse_row(line, cells)
            if record is not None:
                yield record

    def parse_period(self, label: str) -> int:
        """Return the first month of a period as it is stored: year * 12 + month - 1.

        :raises InvalidCell: the label is not a period of the dataset.
        """
        return parse_period_label(label, months=self._months, column=self._columns["period"])

    def parse_status(self, label: str | None) -> str:
        """Return the observation status that a label stands for; for null, the default status of the mapping.

        :raises InvalidCell: the label is neither in the mapping nor a status.
        """
        if label is None:
            return self._default_status
        status = self._statuses.get(label, label)
        if status not in ALLOWED_STATUSES:
            rule = "is not a status; map it to A, P, E, M or Q under [obs_status]"
            raise InvalidCell(rule, label, self._columns["obs_status"])
        return status

    def _parse_row(self, line: int, cells: list[str]) -> Record | None:
        try:
            status = self.parse_status(self._get_cell("obs_status", cells))
            if status not in NULL_VALUE_STATUSES and self.numbers.is_missing(cells[self.column_indexes["value"]]):
                status = MISSING_STATUS
            return Record(
                flow=self._flow_key(cells),
                partner_id=self._code_key("partner", self._catalog.partner_key, cells),
                commodity_id=self._code_key("commodity", self._catalog.commodity_key, cells),
                period=self.parse_period(cells[self.column_indexes["period"]]),
                value=None if status in NULL_VALUE_STATUSES else self._parse_value(cells, line),
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

    def _flow_key(self, cells: list[str]) -> int:
        label = cells[self.column_indexes["flow"]]
        key = self.keys_by_label["flow"].get(label)
        if key is None:
            rule = f"is not a flow; map it to one of {', '.join(FLOWS)} under [flow]"
            raise InvalidCell(rule, label, self._columns["flow"])
        return key

    def _code_key(self, dimension: str, find_key: Callable[..., int], cells: list[str]) -> int:
        """Return the key of a partner or commodity; the next rows with its label find it at once."""
        label = cells[self.column_indexes[dimension]]
        keys = self.keys_by_label[dimension]
        if label not in keys:
            keys[label] = find_key(label, label=label, column=self._columns[dimension])
        return keys[label]

    def _parse_value(self, cells: list[str], line: int) -> int:
        column = self._columns["value"]
        value, difference = self.numbers.value_and_rounding(
            cells[self.column_indexes["value"]], unit_exponent=self._catalog.dataset.unit_exponent, column=column
        )
        self._report.add_rounding(column, difference, line=line)
        return value

    def _parse_decimal(self, field_name: str, cells: list[str]) -> Decimal | None:
        text = self._get_cell(field_name, cells)
        if not text or self.numbers.is_missing(text):
            return None
        return self.numbers.parse(text, column=self._columns[field_name])


def _merge_label_keys(labels: Mapping[str, str], keys: Mapping[str, int]) -> dict[str, int]:
    return {**keys, **{label: keys[code] for label, code in labels.items() if code in keys}}
