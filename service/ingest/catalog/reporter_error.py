"""The error for a reporter that is not the code of an area, with the codes that may be meant."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.domain.suggestions import closest_codes
from service.errors import FileError
from service.models import Area

MAX_SUGGESTIONS = 3


def unknown_reporter(session: Session, description: Mapping[str, Any]) -> FileError:
    """Return the error for the reporter of a dataset, `description` being the table [dataset] of a mapping file."""
    code, scheme = description["reporter"], description.get("reporter_scheme")
    if scheme is not None:
        return FileError(f"is not the code of an area in the code list {scheme}", value=code)
    suggestions = _suggested_codes(session, code)
    question = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
    rule = "is not the code of an area; use an ISO 3166-1 alpha-3 code: /v1/areas lists the codes of all areas"
    return FileError(rule + question, value=code)


def _suggested_codes(session: Session, code: str) -> list[str]:
    """Return the codes of areas with this other code, or with this name or its beginning or a misspelling of it."""
    is_similar = or_(Area.iso2 == code.upper(), Area.code == code.upper(), Area.name.istartswith(code, autoescape=True))
    similar = select(Area.code).where(is_similar).order_by(Area.code).limit(MAX_SUGGESTIONS)
    if codes := list(session.scalars(similar)):
        return codes
    names = dict(session.execute(select(Area.name, Area.code)).all())
    return [names[name] for name in closest_codes(code, {name: name for name in names})]
