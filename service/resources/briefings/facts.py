"""The service's own answers that a briefing is made of, all of one version of the data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.api.own_answers import link_to, own_answer

Row = Mapping[str, Any]
Question = Mapping[str, str | None]
ATTEMPTS = 3


class DataMoved(Exception):
    """The data changed between two of the answers."""


@dataclass
class Facts:
    """Asks the service on behalf of one briefing.

    `same` are the parameters that every question has: reporter, period, frequency, dataset, as_of. `sources` are those
    of all answers, and `meta` is that of the first.
    """

    same: Question
    meta: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    def link(self, path: str, **question: str | None) -> str:
        """Return the address of a question about the briefing's reporter and period."""
        return link_to(path, {**self.same, **question})

    def rows(self, path: str, **question: str | None) -> list[Row]:
        """Return the rows of the service's answer to it.

        :raises DataMoved: the answer is of another version of the data than the first.
        """
        return self.rows_at(self.link(path, **question))

    def rows_at(self, address: str) -> list[Row]:
        """Return the rows of the service's answer at an address."""
        answer = own_answer(address)
        meta = answer["meta"]
        self.meta = self.meta or meta
        if meta["data_version"] != self.meta["data_version"]:
            raise DataMoved
        self.sources |= {source["dataset"]: source for source in meta["sources"]}
        rows: list[Row] = answer["data"]
        return rows
