"""The resources /v1/releases and /v1/releases/{code}."""

from collections import defaultdict
from datetime import UTC
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.domain.suggestions import closest_words, suggestion_sentence
from service.errors import InvalidRequest, NotFound, ParameterError
from service.models import Release
from service.resources.releases.queries import files_of_releases, periods_of_releases, unmapped_codes_of_releases
from service.resources.releases.schemas import ReleaseRow


def release_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each release, or for those of one reporter or dataset, ordered by code.

    :raises InvalidRequest: the reporter or the dataset is unknown.
    """
    reporter, dataset_code = (request.parameters.get(name) for name in ("reporter", "dataset"))
    session, reference = context.session, context.reference
    dataset_ids = {dataset.code: dataset.id for dataset in reference.datasets.values()}
    if dataset_code is not None and dataset_code not in dataset_ids:
        reason = f"there is no such dataset; there are {', '.join(dataset_ids) or 'none'}"
        raise InvalidRequest(ParameterError("dataset", dataset_code, reason, closest_words(dataset_code, dataset_ids)))
    reporter_id = None if reporter is None else context.find_area("reporter", reporter).id
    requested_ids = {
        dataset.id
        for dataset in reference.datasets.values()
        if dataset_code in (None, dataset.code) and reporter_id in (None, dataset.reporter_id)
    }
    spans = {release_id: (first, last) for release_id, first, last in session.execute(periods_of_releases())}
    files: dict[int, list[str]] = defaultdict(list)
    for release_id, name, sha256 in session.execute(files_of_releases()):
        files[release_id].append(f"{name} {sha256}")
    unmapped = _unmapped_codes(context)
    releases = (release for release in reference.releases.values() if release.dataset_id in requested_ids)
    rows = [
        _row(reference, release, spans[release.id], files[release.id], unmapped[release.id]) for release in releases
    ]
    return ListRows(sorted(rows, key=lambda row: str(row["release"])))


def single_release_row(context: Context, request: DataRequest) -> ListRows:
    """Return the row of one release.

    :raises NotFound: the code is unknown.
    """
    code = request.parameters["code"]
    all_rows = release_rows(context, request.replace_parameters(reporter=None, dataset=None)).rows
    rows = [row for row in all_rows if row["release"] == code]
    if not rows:
        codes = [release.code for release in context.reference.releases.values()]
        raise NotFound(f"There is no release {code}. {suggestion_sentence(code, codes, list_path='/v1/releases')}")
    return ListRows(rows)


RELEASES = ListResource(ReleaseRow, ("release",), release_rows)
RELEASE = ListResource(ReleaseRow, ("release",), single_release_row)


def _unmapped_codes(context: Context) -> dict[int, list[str]]:
    """Return the unmapped codes of each release, as `dimension code rows value share_pct`."""
    codes: dict[int, list[str]] = defaultdict(list)
    for row in context.session.execute(unmapped_codes_of_releases()):
        share = "-" if row.share_pct is None else f"{row.share_pct:.4f}"
        code = row.code.replace(" ", "%20")
        codes[row.release_id].append(f"{row.dimension} {code} {row.rows} {row.value:f} {share}")
    return codes


def _row(
    reference: Reference, release: Release, span: tuple[int, int], files: list[str], unmapped: list[str]
) -> dict[str, Any]:
    dataset = reference.datasets[release.dataset_id]
    first, last = (period_text(month, months=MONTHS_PER_PERIOD[dataset.frequency]) for month in span)
    return {
        "release": release.code,
        "dataset": dataset.code,
        "reporter": reference.areas[dataset.reporter_id].code,
        "published_on": str(release.published_on),
        "stage": release.stage,
        "state": release.state,
        "withdrawn_on": None if release.withdrawn_on is None else str(release.withdrawn_on),
        "first_period": first,
        "last_period": last,
        "rows": release.rows,
        "files": files,
        "covers": release.covers,
        "unmapped": unmapped,
        "parser_version": release.parser_version,
        "loaded_at": release.loaded_at.astimezone(UTC).isoformat(timespec="seconds"),
    }
