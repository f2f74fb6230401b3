"""The rows of other resources that a briefing uses, all of one data version."""

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
    """The data source of one briefing: it fetches rows of other resources and collects their sources.

    `shared_parameters` are the parameters of every request for figures: reporter, period, frequency, classification,
    dataset, as_of. `sources` are the sources of all results with rows, by dataset. `as_of` is the newest vintage among
    these results (null for no result), and `meta` is the `meta` of the first result.
    """

    context: Context
    shared_parameters: QueryParameters
    meta: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    as_of: str | None = None
    _reporter_datasets: list[str] | None = None
    _results: dict[str, Result] = field(default_factory=dict)

    def link(self, path: str, **parameters: str | None) -> str:
        """Return the URL of a request for figures of the briefing's reporter and period."""
        return build_url(path, {**self.shared_parameters, **parameters})

    def link_with_shared(self, path: str, *shared_names: str, **parameters: str | None) -> str:
        """Return the URL of a request with only the shared parameters in `shared_names`, and with `parameters`."""
        return build_url(path, {**{name: self.shared_parameters.get(name) for name in shared_names}, **parameters})

    def fetch_rows(self, path: str, **parameters: str | None) -> list[ResponseRow]:
        """Return the rows of a request for figures of the briefing's reporter and period.

        :raises DataChanged: new data were loaded since the first request of this briefing.
        """
        return self.fetch_rows_by_url(self.link(path, **parameters))

    def fetch_rows_by_url(self, url: str) -> list[ResponseRow]:
        """Return the rows of the resource at a URL."""
        result = self._fetch(url)
        rows = result.rows()
        if rows:
            self._record_sources(result.meta)
        return rows

    def fetch_known_rows(
        self, path: str, *, required_column: str = "value", growth_column: str = "yoy_pct", **parameters: str | None
    ) -> tuple[list[ResponseRow], dict[str, str | None]]:
        """Return the rows with a value in `required_column`, and the parameters of the request for them.

        The reporter's datasets are tried in turn, the default one first. The first with a value in `growth_column` is
        used, else the first with any rows. The returned parameters name the dataset where it is not the default one.
        """
        best: tuple[list[ResponseRow], dict[str, str | None], Mapping[str, Any]] | None = None
        seen_datasets: set[str] = set()
        for dataset in self._candidate_datasets():
            if dataset in seen_datasets:
                continue
            dataset_parameters = dict(parameters) if dataset is None else {**parameters, "dataset": dataset}
            result = self._fetch(self.link(path, **dataset_parameters))
            seen_datasets |= {source["dataset"] for source in result.meta["sources"]}
            rows = [row for row in result.rows() if row[required_column] is not None]
            best = best or ((rows, dataset_parameters, result.meta) if rows else None)
            if any(row[growth_column] is not None for row in rows):
                best = rows, dataset_parameters, result.meta
                break
        if best is None:
            return [], dict(parameters)
        rows, dataset_parameters, meta = best
        self._record_sources(meta)
        return rows, dataset_parameters

    def _fetch(self, url: str) -> Result:
        if url not in self._results:
            self._results[url] = self.context.fetch_resource(url)
        result = self._results[url]
        self.meta = self.meta or dict(result.meta)
        return result

    def _record_sources(self, meta: Mapping[str, Any]) -> None:
        """Record the sources and the vintage of a result with rows."""
        self.sources |= {source["dataset"]: source for source in meta["sources"]}
        days = [day for day in (self.as_of, meta["as_of"]) if day is not None]
        self.as_of = max(days, default=None)

    def _candidate_datasets(self) -> Iterator[str | None]:
        """Yield null for the default dataset, then the reporter's datasets unless the briefing is limited to one."""
        yield None
        if self.shared_parameters.get("dataset") or self.shared_parameters.get("classification"):
            return
        if self._reporter_datasets is None:
            rows = self.fetch_rows_by_url(build_url(f"/v1/reporters/{self.shared_parameters['reporter']}", {}))
            self._reporter_datasets = [row["dataset"] for row in rows] if len(rows) > 1 else []
        yield from self._reporter_datasets
