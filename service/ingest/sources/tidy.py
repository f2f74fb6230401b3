"""Any CSV file with one figure a row, read by a mapping."""

from collections.abc import Iterator
from pathlib import Path

from service.errors import BadFile, Defect
from service.ingest.catalog import Catalog
from service.ingest.files import csv_rows
from service.ingest.mapping import Mapping
from service.ingest.periods import first_month
from service.ingest.records import NotAFigureError, Record, decimal_from, whole_from
from service.ingest.report import Report
from service.ingest.source import Described
from service.ingest.sources.figures import in_shape
from service.models import FLOWS

PARSER_VERSION = "tidy-1"


def describe(mapping: Mapping) -> Described:
    """Return the dataset that a mapping describes."""
    return Described(
        dataset=mapping.dataset,
        read=lambda path, catalog, report: _figures(path, mapping, catalog, report),
        parser_version=PARSER_VERSION,
        classification=mapping.classification,
        goods=mapping.goods,
        scheme=mapping.partner_scheme,
    )


def _figures(path: Path, mapping: Mapping, catalog: Catalog, report: Report) -> Iterator[Record]:
    """Yield the figures of the file.

    Rows with a code that is unknown are left out and noted in the report; so are other defects, each of which
    makes the file one that cannot be loaded.

    :raises BadFile: the file is damaged, or its header is not the one that the mapping speaks of.
    """
    rows = csv_rows(path, name=report.file_name, encoding=mapping.encoding, delimiter=mapping.delimiter)
    _, header = next(rows)
    reader = _RowReader(mapping, catalog, _places(report.file_name, header, mapping), report)
    for line, cells in in_shape(rows, header, report):
        record = reader.read(line, cells)
        if record is not None:
            yield record


def _places(file_name: str, header: list[str], mapping: Mapping) -> dict[str, int]:
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [column for column in mapping.columns.values() if column not in header]
    if missing or twice:
        found = f"the header reads {', '.join(header)[:200]}"
        defects = [Defect(f"there is no column {column}; {found}", line=1) for column in missing]
        defects += [Defect(f"there are two columns {column}; {found}", line=1) for column in twice]
        raise BadFile(file_name, defects)
    return {meaning: header.index(column) for meaning, column in mapping.columns.items()}


class _RowReader:
    """Reads one row after the other, remembering what its words stand for."""

    def __init__(self, mapping: Mapping, catalog: Catalog, places: dict[str, int], report: Report) -> None:
        self._places, self._report = places, report
        self._columns = mapping.columns
        self._statuses, self._default_status = mapping.statuses, mapping.default_status
        self._flows = {word: FLOWS[code] for word, code in mapping.flows.items()} or dict(FLOWS)
        self._partners = _keys_of_words(mapping.partners, catalog.areas)
        words = {good.word: good.code for good in mapping.goods}
        self._commodities = _keys_of_words(words, catalog.commodities)
        self._months = {"M": 1, "Q": 3, "A": 12}[catalog.dataset.frequency]

    def read(self, line: int, cells: list[str]) -> Record | None:
        """Return the row's figure; null where something is wrong with it, which the report then holds."""
        flow = self._code("flow", self._flows, line, cells)
        partner = self._code("partner", self._partners, line, cells)
        commodity = self._code("commodity", self._commodities, line, cells)
        if flow is None or partner is None or commodity is None:
            return None
        try:
            status = self._status(cells)
            return Record(
                flow=flow,
                partner_id=partner,
                commodity_id=commodity,
                period=first_month(self._cell("period", cells), months=self._months, column=self._columns["period"]),
                value=None if status in {"M", "Q"} else self._value(cells),
                quantity=self._optional("quantity", cells),
                quantity_unit=self._text("quantity_unit", cells),
                net_weight_kg=self._optional("net_weight_kg", cells),
                obs_status=status,
                line=line,
            )
        except NotAFigureError as error:
            self._report.no_figure(error, line=line)
        return None

    def _cell(self, meaning: str, cells: list[str]) -> str:
        return cells[self._places[meaning]]

    def _value(self, cells: list[str]) -> int:
        return whole_from(self._cell("value", cells), column=self._columns["value"])

    def _code(self, meaning: str, keys: dict[str, int], line: int, cells: list[str]) -> int | None:
        word = self._cell(meaning, cells)
        key = keys.get(word)
        if key is None:
            self._report.unknown(meaning, word, line=line)
        return key

    def _status(self, cells: list[str]) -> str:
        if "obs_status" not in self._places:
            return self._default_status
        word = self._cell("obs_status", cells)
        status = self._statuses.get(word, word)
        if status not in {"A", "P", "E", "M", "Q"}:
            rule = "is a status that the mapping does not turn into A, P, E, M or Q"
            raise NotAFigureError(rule, word, self._columns["obs_status"])
        return status

    def _text(self, meaning: str, cells: list[str]) -> str | None:
        return (self._cell(meaning, cells) or None) if meaning in self._places else None

    def _optional(self, meaning: str, cells: list[str]):  # type: ignore[no-untyped-def]
        text = self._text(meaning, cells)
        return None if text is None else decimal_from(text, column=self._columns[meaning])


def _keys_of_words(words: dict[str, str], keys: object) -> dict[str, int]:
    known: dict[str, int] = dict(keys)  # type: ignore[call-overload]
    return known | {word: known[code] for word, code in words.items() if code in known}
