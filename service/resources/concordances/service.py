"""The resource /v1/concordances."""

from collections.abc import Sequence

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.concordance import Concordance
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError
from service.models import Classification
from service.resources.concordances.schemas import ConcordanceRow


def concordance_rows(context: Context, request: DataRequest) -> ListRows:
    """Return each pair of codes of two editions, ordered by both codes.

    :raises InvalidRequest: an edition has no concordance, or a code is unknown.
    """
    parameters, reference = request.parameters, context.reference
    edition = _find_edition(reference, "classification", parameters["classification"])
    target = (
        _adjacent_edition(reference, edition)
        if parameters.get("target") is None
        else _find_edition(reference, "target", parameters["target"], other=edition)
    )
    concordance = reference.concordance(context.session, edition.id, target.id)
    requested_codes = _check_codes(concordance, parameters.get("commodity") or ())
    rows = [
        {
            "classification": edition.code,
            "code": code,
            "target": target.code,
            "target_code": target_code,
            "relation": concordance.relation(target_code),
        }
        for code, target_code in sorted(concordance.pairs)
        if not requested_codes or code.startswith(requested_codes)
    ]
    return ListRows(rows)


CONCORDANCES = ListResource(ConcordanceRow, ("code", "target_code"), concordance_rows)


def _editions(reference: Reference) -> list[Classification]:
    """Return the editions with dates, the oldest first: those with concordances."""
    dated = (edition for edition in reference.classifications.values() if edition.valid_from is not None)
    return sorted(dated, key=lambda edition: str(edition.valid_from))


def _find_edition(
    reference: Reference, parameter: str, code: str, *, other: Classification | None = None
) -> Classification:
    editions = {edition.code: edition for edition in _editions(reference) if edition is not other}
    if code.upper() in editions:
        return editions[code.upper()]
    reason = f"it is not an edition with a concordance; there are {', '.join(editions)}"
    raise InvalidRequest(ParameterError(parameter, code, reason, closest_words(code, editions)))


def _adjacent_edition(reference: Reference, edition: Classification) -> Classification:
    """Return the edition after another one; the one before it for the newest."""
    editions = _editions(reference)
    position = editions.index(edition)
    return editions[position + 1] if position + 1 < len(editions) else editions[position - 1]


def _check_codes(concordance: Concordance, codes: Sequence[str]) -> tuple[str, ...]:
    errors = [
        ParameterError("commodity", code, "it is not a code of the edition", closest_words(code, concordance.targets))
        for code in codes
        if not code or not any(known_code.startswith(code) for known_code in concordance.targets)
    ]
    if errors:
        raise InvalidRequest(*errors)
    return tuple(codes)
