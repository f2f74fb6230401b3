"""What the envelope says about the rows in it."""

from collections.abc import Mapping
from typing import Any

from flask import request

from service.api.caching import canonical_arguments
from service.api.emptiness import reason_for_nothing
from service.api.exchange import ATTRIBUTION
from service.api.reference import Reference
from service.api.scope import Resolved
from service.api.store import current_session
from service.models import FLOWS


def meta_of(resolved: Resolved, parameters: Mapping[str, Any], reference: Reference, *, count: int) -> dict[str, Any]:
    """Return what the envelope says of an answer with `count` rows."""
    meta: dict[str, Any] = {
        "as_of": _as_of(resolved, parameters, reference),
        "data_version": reference.version,
        "count": count,
        "parameters": _understood(resolved, parameters, reference),
        "sources": [],
        "empty_reason": None if count else reason_for_nothing(current_session(), resolved),
    }
    if resolved.dataset is not None:
        meta["sources"] = [{"dataset": resolved.dataset.code, "attribution": resolved.dataset.attribution}]
    if resolved.scope is not None and resolved.scope.conversion is not None:
        meta["sources"].append(ATTRIBUTION)
    return meta


def _as_of(resolved: Resolved, parameters: Mapping[str, Any], reference: Reference) -> str | None:
    if parameters.get("as_of"):
        return str(parameters["as_of"])
    if resolved.dataset is None:
        return None
    own = (r.published_on for r in reference.releases.values() if r.dataset_id == resolved.dataset.id)
    newest = max(own, default=None)
    return None if newest is None else str(newest)


def _understood(resolved: Resolved, parameters: Mapping[str, Any], reference: Reference) -> dict[str, Any]:
    understood: dict[str, Any] = {"reporter": resolved.reporter.code}
    if "partner" in parameters:
        understood["partner"] = sorted({_canonical(code, reference) for code in parameters["partner"]})
    for name in ("commodity", "level"):
        if name in parameters:
            understood[name] = sorted(parameters[name])
    if "flow" in parameters:
        understood["flow"] = [flow for flow in FLOWS if flow in parameters["flow"]]
    understood["frequency"] = resolved.frequency
    if resolved.scope is not None and resolved.scope.conversion is not None:
        understood["currency"], understood["fx"] = resolved.currency, resolved.scope.conversion.basis
    if resolved.classification is not None:
        understood["classification"] = resolved.classification.code
    if "period" in request.args:
        understood["period"] = canonical_arguments()["period"]
    return understood


def _canonical(code: str, reference: Reference) -> str:
    area = reference.area_by_code.get(code.upper())
    return code if area is None else area.code
