"""A release put together from the figures of its files: their duplicates, their totals, and the digest of it all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from service.errors import FileError, InvalidFile
from service.ingest.release.aggregates import Mismatch, TotalsCalculator, TotalTooLargeError
from service.ingest.staging.canonical_csv import Digest, canonical_csv
from service.ingest.staging.spill_file import SpillFile
from service.ingest.validation.constraints import DuplicateCheck
from service.ingest.validation.plausibility import MAX_WARNINGS_PER_CHECK


@dataclass
class ReleaseBuilder:
    """What goes into the database, and what is found on the way there.

    `totals` is null for a dataset whose parts make no whole. `mismatches`, the first printed totals that their parts do
    not add up to, and `digest` are whole once all texts were taken.
    """

    spill_file: SpillFile
    file_name: str
    totals: TotalsCalculator | None
    mismatches: list[Mismatch] = field(default_factory=list)
    digest: Digest = field(default_factory=Digest)

    def csv_chunks(self) -> Iterator[bytes]:
        """Yield the canonical text of all figures, a period of a flow at a time.

        :raises BadFile: two figures speak of one cell, or the figures add up to totals that are too large.
        """
        duplicates = DuplicateCheck()
        for key in self.spill_file.period_flows():
            figures = self.spill_file.read(key)
            duplicates.add(figures)
            if duplicates.duplicate_count:
                continue
            whole = self._add_totals(figures)
            text = canonical_csv(whole)
            self.digest.update(text)
            yield text
        duplicates.raise_if_any(self.file_name)

    def _add_totals(self, figures: pa.Table) -> pa.Table:
        if self.totals is None:
            return figures
        try:
            whole = self.totals.add_totals(figures)
            room = MAX_WARNINGS_PER_CHECK - len(self.mismatches)
            self.mismatches.extend(islice(self.totals.find_mismatches(figures, whole), room))
        except TotalTooLargeError as error:
            defect = FileError("its figures add up to totals that are too large")
            raise InvalidFile(self.file_name, [defect]) from error
        return whole
