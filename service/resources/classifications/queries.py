"""Classifications and their codes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.api.resolution.reference_data import Commodities, Reference
from service.domain.suggestions import closest_codes
from service.errors import InvalidRequest, ParameterError
from service.models import Classification, Commodity


def classification_rows(session: Session, reference: Reference) -> list[dict[str, Any]]:
    """Return every edition with the number of its codes, by code."""
    counted = select(Commodity.classification_id, func.count()).group_by(Commodity.classification_id)
    codes = dict(session.execute(counted).all())
    return [
        {
            "classification": edition.code,
            "family": edition.family,
            "name": edition.name,
            "valid_from": None if edition.valid_from is None else str(edition.valid_from),
            "valid_to": None if edition.valid_to is None else str(edition.valid_to),
            "codes": codes.get(edition.id, 0),
        }
        for edition in sorted(reference.classifications.values(), key=lambda edition: edition.code)
    ]


def find_edition(reference: Reference, code: str) -> Classification:
    """Return the edition of that code.

    :raises InvalidRequest: there is none.
    """
    for edition in reference.classifications.values():
        if edition.code == code.upper():
            return edition
    names = {edition.code: edition.name for edition in reference.classifications.values()}
    reason = f"it is not the code of a classification; there are {', '.join(names)}"
    raise InvalidRequest(ParameterError("code", code, reason, closest_codes(code, names)))


def commodity_code_rows(commodities: Commodities, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the commodities of an edition that the parameters leave, by code."""
    levels, parent, word = (parameters.get(name) for name in ("level", "parent", "search"))
    return [
        {"code": good.code, "name": good.name, "level": good.level, "parent": commodities.parent_code(good)}
        for good in sorted(commodities.by_id.values(), key=lambda good: good.code)
        if (levels is None or good.level in levels)
        and (parent is None or commodities.parent_code(good) == parent.upper())
        and (word is None or word.lower() in good.name.lower())
    ]
