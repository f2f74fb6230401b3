"""The service's own answers that a briefing is made of, all of one version of the data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.responses.resource import Result

ResponseRow = dict[str, Any]
QueryParameters = Mapping[str, str | None]
VINTAGE_PARAMETERS = ("dataset", "as_of")


@dataclass
class BriefingData:
    """Asks the service on behalf of one briefing.

    `same` are the parameters that every question about figures has: reporter, period, frequency, classification,
    dataset, as_of. `sources` are those of all answers that have rows, `as_of` is the newest of the days whose knowledge
    they give (null: there are none), and `meta` is that of the first answer.
    """

    context: Context
    shared_parameters: QueryParameters
    meta: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    as_of: str | None = None
    _reporter_datasets: list[str] | None = None

    def link(self, path: str, **parameters: str | None) -> str:
        """Return the address of a question about figures of the briefing's reporter and period."""
        return build_url(path, {**self.shared_parameters, **parameters})

    def link_with_shared(self, path: str, *shared_names: str, **parameters: str | None) -> str:
        """Return the address of a question about what is no series of figures, with those of `same` that are kept."""
        return build_url(path, {**{name: self.shared_parameters.get(name) for name in shared_names}, **parameters})

    def fetch_rows(self, path: str, **parameters: str | None) -> list[ResponseRow]:
        """Return the rows of the service's answer to a question about figures.

        :raises DataMoved: the answer is of another version of the data than the first.
        """
        return self.fetch_rows_by_url(self.link(path, **parameters))

    def fetch_rows_by_url(self, url: str) -> list[ResponseRow]:
        """Return the rows of the service's answer at an address."""
        result = self._fetch(url)
        rows = result.rows()
        if rows:
            self._record_sources(result.meta)
        return rows

    def fetch_known_rows(
        self, path: str, *, required_column: str = "value", growth_column: str = "yoy_pct", **parameters: str | None
    ) -> tuple[list[ResponseRow], dict[str, str | None]]:
        """Return the rows in which the column `has` is known, and the question that they answer.

        They are of the dataset that the service answers from by itself, or else of another of the reporter's: the first
        in which the column `grows` is known of some row, or the first that has rows at all. The question then names it.
        """
        first: tuple[list[ResponseRow], dict[str, str | None], Mapping[str, Any]] | None = None
        answered: set[str] = set()
        for dataset in self._candidate_datasets():
            if dataset in answered:
                continue
            asked = dict(parameters) if dataset is None else {**parameters, "dataset": dataset}
            result = self._fetch(self.link(path, **asked))
            answered |= {source["dataset"] for source in result.meta["sources"]}
            rows = [row for row in result.rows() if row[required_column] is not None]
            first = first or ((rows, asked, result.meta) if rows else None)
            if any(row[growth_column] is not None for row in rows):
                first = rows, asked, result.meta
                break
        if first is None:
            return [], dict(parameters)
        rows, asked, meta = first
        self._record_sources(meta)
        return rows, asked

    def _fetch(self, url: str) -> Result:
        result: Result = self.context.services.fetch(self.context, url)
        self.meta = self.meta or dict(result.meta)
        return result

    def _record_sources(self, meta: Mapping[str, Any]) -> None:
        """Note from which sources an answer is that was used, and the day whose knowledge it gives."""
        self.sources |= {source["dataset"]: source for source in meta["sources"]}
        days = [day for day in (self.as_of, meta["as_of"]) if day is not None]
        self.as_of = max(days, default=None)

    def _candidate_datasets(self) -> Iterator[str | None]:
        """Yield null, which is the service's own choice, and the reporter's datasets where it is free to choose."""
        yield None
        if self.shared_parameters.get("dataset") or self.shared_parameters.get("classification"):
            return
        if self._reporter_datasets is None:
            listed = self.fetch_rows_by_url(build_url(f"/v1/reporters/{self.shared_parameters['reporter']}", {}))
            self._reporter_datasets = [row["dataset"] for row in listed] if len(listed) > 1 else []
        yield from self._reporter_datasets
