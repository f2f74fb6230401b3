"""The service's own answers that a briefing is made of, all of one version of the data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.api.internal_requests import link_to, own_answer
from service.errors import DataMoved

Row = Mapping[str, Any]
Question = Mapping[str, str | None]
WHAT_IS_KNOWN = ("dataset", "as_of")


@dataclass
class Facts:
    """Asks the service on behalf of one briefing.

    `same` are the parameters that every question about figures has: reporter, period, frequency, classification,
    dataset, as_of. `sources` are those of all answers that have rows, `as_of` is the newest of the days whose knowledge
    they give (null: there are none), and `meta` is that of the first answer.
    """

    same: Question
    meta: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    as_of: str | None = None
    _others: list[str] | None = None

    def link(self, path: str, **question: str | None) -> str:
        """Return the address of a question about figures of the briefing's reporter and period."""
        return link_to(path, {**self.same, **question})

    def link_beside(self, path: str, *kept: str, **question: str | None) -> str:
        """Return the address of a question about what is no series of figures, with those of `same` that are kept."""
        return link_to(path, {**{name: self.same.get(name) for name in kept}, **question})

    def rows(self, path: str, **question: str | None) -> list[Row]:
        """Return the rows of the service's answer to a question about figures.

        :raises DataMoved: the answer is of another version of the data than the first.
        """
        return self.rows_at(self.link(path, **question))

    def rows_at(self, address: str) -> list[Row]:
        """Return the rows of the service's answer at an address."""
        answer = self._answer(address)
        if answer["data"]:
            self._note(answer["meta"])
        return list(answer["data"])

    def found(
        self, path: str, *, has: str = "value", grows: str = "yoy_pct", **question: str | None
    ) -> tuple[list[Row], dict[str, str | None]]:
        """Return the rows in which the column `has` is known, and the question that they answer.

        They are of the dataset that the service answers from by itself, or else of another of the reporter's: the first
        in which the column `grows` is known of some row, or the first that has rows at all. The question then names it.
        """
        first: tuple[list[Row], dict[str, str | None], dict[str, Any]] | None = None
        answered: set[str] = set()
        for dataset in self._datasets():
            if dataset in answered:
                continue
            asked = dict(question) if dataset is None else {**question, "dataset": dataset}
            answer = self._answer(self.link(path, **asked))
            answered |= {source["dataset"] for source in answer["meta"]["sources"]}
            rows = [row for row in answer["data"] if row[has] is not None]
            first = first or ((rows, asked, answer["meta"]) if rows else None)
            if any(row[grows] is not None for row in rows):
                first = rows, asked, answer["meta"]
                break
        if first is None:
            return [], dict(question)
        rows, asked, meta = first
        self._note(meta)
        return rows, asked

    def _answer(self, address: str) -> dict[str, Any]:
        answer = own_answer(address)
        self.meta = self.meta or answer["meta"]
        if answer["meta"]["data_version"] != self.meta["data_version"]:
            raise DataMoved
        return answer

    def _note(self, meta: Mapping[str, Any]) -> None:
        """Note from which sources an answer is that was used, and the day whose knowledge it gives."""
        self.sources |= {source["dataset"]: source for source in meta["sources"]}
        days = [day for day in (self.as_of, meta["as_of"]) if day is not None]
        self.as_of = max(days, default=None)

    def _datasets(self) -> Iterator[str | None]:
        """Yield null, which is the service's own choice, and the reporter's datasets where it is free to choose."""
        yield None
        if self.same.get("dataset") or self.same.get("classification"):
            return
        if self._others is None:
            listed = self.rows_at(link_to(f"/v1/reporters/{self.same['reporter']}", {}))
            self._others = [row["dataset"] for row in listed] if len(listed) > 1 else []
        yield from self._others
