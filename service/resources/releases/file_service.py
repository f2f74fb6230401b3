"""The file of a release: its figures as they were published. It never changes."""

from dataclasses import replace
from typing import Any

from service.analytics.sql.key_conditions import KeySet
from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.resolver import ResolvedRequest
from service.api.responses.resource import Plan, Resource
from service.api.responses.table_resource import ExportResult
from service.api.serialization.projection import cached_columns
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOWS
from service.domain.periods import PeriodRange
from service.errors import NotFound
from service.models import Release
from service.resources.releases.queries import release_figures
from service.resources.releases.schemas import RELEASE_FILE_COLUMNS, ReleaseFigureRow

FILE_FORMAT = "parquet"


class ReleaseFileResource(Resource[Plan, ExportResult]):
    """The figures of one release, in the order of period, flow, partner and commodity."""

    formats = (FILE_FORMAT,)

    def plan(self, context: Context, request: DataRequest, format_name: str) -> Plan:  # noqa: ARG002 - of the interface
        """Return the validated request for the file of a release."""
        return Plan(request, format_name)

    def execute(self, context: Context, plan: Plan) -> ExportResult:
        """Return the result of a validated request, with the query for the figures of the release.

        :raises NotFound: the code is unknown.
        """
        reference = context.reference
        release = _find_release(context, plan.request.parameters["code"])
        dataset = reference.datasets[release.dataset_id]
        resolved = _resolve(context, release)
        assert resolved.scope is not None
        columns = cached_columns(resolved, reference, ReleaseFigureRow, RELEASE_FILE_COLUMNS)
        meta = {"as_of": str(release.published_on), "sources": [{"attribution": dataset.attribution}]}
        query = release_figures(resolved.scope, release.id)
        return ExportResult(query, ReleaseFigureRow, columns, reference.state, meta, plan.request.url)


def _find_release(context: Context, code: str) -> Release:
    release = next((each for each in context.reference.releases.values() if each.code == code), None)
    if release is None:
        raise NotFound(f"There is no release {code[:100]}; /v1/releases lists the releases.")
    return release


def _resolve(context: Context, release: Release) -> ResolvedRequest:
    """Return the request for all figures of a dataset as known on the day of a release."""
    reference = context.reference
    dataset = reference.datasets[release.dataset_id]
    parameters: dict[str, Any] = {
        "reporter": reference.areas[dataset.reporter_id].code,
        "dataset": dataset.code,
        "frequency": dataset.frequency,
        "flow": tuple(FLOWS),
        "partner": (WORLD_CODE,),
        "commodity": (TOTAL_CODE,),
        "period": (PeriodRange(None, None),),
        "as_of": release.published_on,
    }
    resolved = context.resolve(parameters)
    assert resolved.scope is not None
    assert resolved.commodities is not None
    all_commodities = tuple(sorted(resolved.commodities.commodity_by_id))
    scope = replace(
        resolved.scope,
        partners=tuple(sorted(reference.areas)),
        groups=(),
        commodities=all_commodities,
        commodity_keys=KeySet(keys=all_commodities),
    )
    return replace(resolved, scope=scope)


RELEASE_FILE = ReleaseFileResource()
