"""Rows of tidy files, read by a mapping. This alone decides what a row says, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from service.domain.flows import FLOWS
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import Mapping as Meanings
from service.ingest.formats.text_file import Row
from service.ingest.pipeline.load_report import Report
from service.ingest.sources.fixed_layout import in_shape
from service.ingest.validation.periods import first_month
from service.ingest.validation.record import NotAFigureError, Record, decimal_from, whole_from

MONTHS = {"M": 1, "Q": 3, "A": 12}
STATUSES = {"A", "P", "E", "M", "Q"}
WITHOUT_VALUE = {"M", "Q"}


class RowReader:
    """Reads one row after the other; `header` names the columns, `places` tells where in it each meaning is found."""

    def __init__(self, meanings: Meanings, catalog: Catalog, header: list[str], report: Report) -> None:
        self.header, self._report = header, report
        self.places = {meaning: header.index(column) for meaning, column in meanings.columns.items()}
        self._columns = meanings.columns
        self._statuses, self._default_status = meanings.statuses, meanings.default_status
        words = {good.word: good.code for good in meanings.goods}
        self.keys: dict[str, Mapping[str, int]] = {
            "flow": {word: FLOWS[code] for word, code in meanings.flows.items()} or FLOWS,
            "partner": _keys_of_words(meanings.partners, catalog.areas),
            "commodity": _keys_of_words(words, catalog.commodities),
        }
        self._months = MONTHS[catalog.dataset.frequency]

    def records(self, rows: Iterable[Row]) -> Iterator[Record]:
        """Yield the figures of rows; what is wrong with the others the report then holds."""
        for line, cells in in_shape(iter(rows), self.header, self._report):
            record = self._record(line, cells)
            if record is not None:
                yield record

    def period(self, word: str) -> int:
        """Return the first month of the period that a word tells.

        :raises NotAFigureError: it is none of the dataset.
        """
        return first_month(word, months=self._months, column=self._columns["period"])

    def status(self, word: str | None) -> str:
        """Return the status that a word tells, or null: that there is none.

        :raises NotAFigureError: the mapping does not know the word.
        """
        if word is None:
            return self._default_status
        status = self._statuses.get(word, word)
        if status not in STATUSES:
            rule = "is a status that the mapping does not turn into A, P, E, M or Q"
            raise NotAFigureError(rule, word, self._columns["obs_status"])
        return status

    def _record(self, line: int, cells: list[str]) -> Record | None:
        flow, partner, commodity = (self._key(meaning, line, cells) for meaning in ("flow", "partner", "commodity"))
        if flow is None or partner is None or commodity is None:
            return None
        try:
            status = self.status(self._cell("obs_status", cells))
            return Record(
                flow=flow,
                partner_id=partner,
                commodity_id=commodity,
                period=self.period(cells[self.places["period"]]),
                value=None if status in WITHOUT_VALUE else self._value(cells),
                quantity=self._decimal("quantity", cells),
                quantity_unit=self._cell("quantity_unit", cells) or None,
                net_weight_kg=self._decimal("net_weight_kg", cells),
                obs_status=status,
                line=line,
            )
        except NotAFigureError as error:
            self._report.no_figure(error, line=line)
        return None

    def _cell(self, meaning: str, cells: list[str]) -> str | None:
        return cells[self.places[meaning]] if meaning in self.places else None

    def _key(self, meaning: str, line: int, cells: list[str]) -> int | None:
        word = cells[self.places[meaning]]
        key = self.keys[meaning].get(word)
        if key is None:
            self._report.unknown(meaning, word, line=line)
        return key

    def _value(self, cells: list[str]) -> int:
        return whole_from(cells[self.places["value"]], column=self._columns["value"])

    def _decimal(self, meaning: str, cells: list[str]) -> Decimal | None:
        text = self._cell(meaning, cells)
        return decimal_from(text, column=self._columns[meaning]) if text else None


def _keys_of_words(words: Mapping[str, str], keys: Mapping[str, int]) -> dict[str, int]:
    return {**keys, **{word: keys[code] for word, code in words.items() if code in keys}}
