"""The resources /v1/classifications and /v1/classifications/{code}."""

from sqlalchemy import func, select

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.domain.suggestions import closest_codes
from service.errors import InvalidRequest, ParameterError
from service.models import Classification, Commodity
from service.resources.classifications.schemas import ClassificationRow, CodeRow


def classification_rows(context: Context, _request: DataRequest) -> ListRows:
    """Return every edition with the number of its codes, ordered by code."""
    code_count_query = select(Commodity.classification_id, func.count()).group_by(Commodity.classification_id)
    code_counts = dict(context.session.execute(code_count_query).all())
    rows = [
        {
            "classification": edition.code,
            "family": edition.family,
            "name": edition.name,
            "valid_from": None if edition.valid_from is None else str(edition.valid_from),
            "valid_to": None if edition.valid_to is None else str(edition.valid_to),
            "codes": code_counts.get(edition.id, 0),
        }
        for edition in sorted(context.reference.classifications.values(), key=lambda edition: edition.code)
    ]
    return ListRows(rows)


def find_edition(reference: Reference, code: str) -> Classification:
    """Return the edition of a classification that has the code `code`, such as `JP-PC`.

    :raises InvalidRequest: the code is unknown.
    """
    for edition in reference.classifications.values():
        if edition.code == code.upper():
            return edition
    names = {edition.code: edition.name for edition in reference.classifications.values()}
    reason = f"there is no such classification; there are {', '.join(names)}"
    raise InvalidRequest(ParameterError("code", code, reason, closest_codes(code, names)))


def commodity_code_rows(context: Context, request: DataRequest) -> ListRows:
    """Return the commodities of an edition that match the parameters, ordered by code."""
    parameters = request.parameters
    edition = find_edition(context.reference, parameters["code"])
    commodities = context.reference.commodities(context.session, edition.id)
    levels, parent, word = (parameters.get(name) for name in ("level", "parent", "search"))
    rows = [
        {
            "code": commodity.code,
            "name": commodity.name,
            "level": commodity.level,
            "parent": commodities.parent_code(commodity),
        }
        for commodity in sorted(commodities.commodity_by_id.values(), key=lambda commodity: commodity.code)
        if (levels is None or commodity.level in levels)
        and (parent is None or commodities.parent_code(commodity) == parent.upper())
        and (word is None or word.lower() in commodity.name.lower() or commodity.code.startswith(word.upper()))
    ]
    return ListRows(rows)


CLASSIFICATIONS = ListResource(ClassificationRow, ("classification",), classification_rows)
CODES = ListResource(CodeRow, ("code",), commodity_code_rows)
