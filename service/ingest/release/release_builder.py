"""The figures of a release, built from those of its files: check for duplicates, computed totals, digest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

import pyarrow as pa

from service.errors import FileError, InvalidFile
from service.ingest.pipeline.prefetch import prefetch
from service.ingest.release.aggregates import Mismatch, TotalsCalculator, TotalTooLargeError
from service.ingest.release.unmapped_totals import UnmappedTotals
from service.ingest.staging.canonical_csv import Digest, canonical_csv, source_cells_csv
from service.ingest.staging.spill_file import SpillFile
from service.ingest.validation.constraints import DuplicateCheck, check_not_in_future, check_rows_per_period
from service.ingest.validation.plausibility import MAX_WARNINGS_PER_CHECK


def collect_figures(
    spill_file: SpillFile, batches: Iterable[pa.RecordBatch], *, file_name: str, published_on: date
) -> None:
    """Add the figures in `batches` to the spill file of a release, and check them; errors call the file `file_name`.

    :raises InvalidFile: there are no figures, a period is after `published_on`, or far too many figures share cells.
    """
    for batch in prefetch(iter(batches)):
        check_rows_per_period(spill_file, spill_file.add(batch), file_name=file_name)
    if not spill_file.row_count:
        raise InvalidFile(file_name, [FileError("has no figure")])
    check_not_in_future(spill_file, file_name=file_name, published_on=published_on)


@dataclass
class ReleaseBuilder:
    """The builder of the figures of a release.

    `totals` is null for a dataset without computed totals, `unmapped` for a release without unmapped codes.
    `mismatches` has the first printed totals that differ from the sum of their parts. `mismatches`, `digest` and
    `unmapped` are complete after the last chunk of `csv_chunks`.
    """

    spill_file: SpillFile
    file_name: str
    totals: TotalsCalculator | None
    unmapped: UnmappedTotals | None = None
    mismatches: list[Mismatch] = field(default_factory=list)
    digest: Digest = field(default_factory=Digest)

    def csv_chunks(self) -> Iterator[bytes]:
        """Yield the canonical CSV of all figures, computed totals included, one period and flow at a time.

        :raises InvalidFile: two figures have the same cell, or a total is too large.
        """
        duplicates = DuplicateCheck()
        for key in self.spill_file.period_flows():
            figures = self.spill_file.read(key)
            duplicates.add(figures)
            if duplicates.duplicate_count:
                continue
            figures_and_totals = self._add_totals(figures)
            if self.unmapped is not None:
                self.unmapped.add(figures, figures_and_totals)
            text = canonical_csv(figures_and_totals)
            self.digest.update(text)
            yield text
        duplicates.raise_if_any(self.file_name)

    def source_cells_chunks(self) -> Iterator[bytes]:
        """Yield the CSV of `source_cells_csv` for all figures, one period and flow at a time."""
        for key in self.spill_file.period_flows():
            yield source_cells_csv(self.spill_file.read(key))

    def _add_totals(self, figures: pa.Table) -> pa.Table:
        if self.totals is None:
            return figures
        try:
            figures_and_totals = self.totals.add_totals(figures)
            room = MAX_WARNINGS_PER_CHECK - len(self.mismatches)
            self.mismatches.extend(islice(self.totals.find_mismatches(figures, figures_and_totals), room))
        except TotalTooLargeError as error:
            error_in_totals = FileError("its figures add up to totals that are too large to be stored")
            raise InvalidFile(self.file_name, [error_in_totals]) from error
        return figures_and_totals
