"""A release put together from the figures of its files: their duplicates, their totals, and the digest of it all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from service.errors import BadFile, Defect
from service.ingest.release.aggregates import Mismatch, Totals, TotalTooLargeError
from service.ingest.staging.canonical_csv import Digest, printed
from service.ingest.staging.spill_file import Spool
from service.ingest.validation.constraints import Duplicates
from service.ingest.validation.plausibility import MOST_OF_EACH


@dataclass
class Assembly:
    """What goes into the database, and what is found on the way there.

    `totals` is null for a dataset whose parts make no whole. `mismatches`, the first printed totals that their parts do
    not add up to, and `digest` are whole once all texts were taken.
    """

    spool: Spool
    file_name: str
    totals: Totals | None
    mismatches: list[Mismatch] = field(default_factory=list)
    digest: Digest = field(default_factory=Digest)

    def texts(self) -> Iterator[bytes]:
        """Yield the canonical text of all figures, a period of a flow at a time.

        :raises BadFile: two figures speak of one cell, or the figures add up to totals that are too large.
        """
        duplicates = Duplicates()
        for key in self.spool.slices():
            figures = self.spool.read(key)
            duplicates.look(figures)
            if duplicates.found:
                continue
            whole = self._whole(figures)
            text = printed(whole)
            self.digest.update(text)
            yield text
        duplicates.refuse(self.file_name)

    def _whole(self, figures: pa.Table) -> pa.Table:
        if self.totals is None:
            return figures
        try:
            whole = self.totals.added_to(figures)
            room = MOST_OF_EACH - len(self.mismatches)
            self.mismatches.extend(islice(self.totals.mismatches(figures, whole), room))
        except TotalTooLargeError as error:
            defect = Defect("its figures add up to totals that are too large")
            raise BadFile(self.file_name, [defect]) from error
        return whole
