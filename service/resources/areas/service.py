"""The resource /v1/areas."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRow, ListRows
from service.domain.area_names import aliases_by_code, normalize_name
from service.models import Area
from service.resources.areas.queries import area_successions
from service.resources.areas.schemas import AreaRow


def area_rows(context: Context, request: DataRequest) -> ListRows:
    """Return the areas that match the parameters, ordered by code."""
    parameters, reference = request.parameters, context.reference
    groups = _groups_by_member(reference, parameters["as_of"])
    source_codes, successors = _source_codes(reference), _successors(context)
    rows = [
        {
            "code": area.code,
            "name": area.name,
            "aliases": list(aliases_by_code().get(area.code, ())),
            "kind": area.kind,
            "iso2": area.iso2,
            "m49": area.m49,
            "valid_from": None if area.valid_from is None else str(area.valid_from),
            "valid_to": None if area.valid_to is None else str(area.valid_to),
            "successors": successors[area.id],
            "source_codes": source_codes[area.id],
            "groups": groups[area.id],
        }
        for area in sorted(reference.areas.values(), key=lambda area: area.code)
        if parameters.get("kind") in (None, area.kind)
    ]
    text = parameters.get("search")
    return ListRows(rows if text is None else [row for row in rows if _matches(row, text)])


AREAS = ListResource(AreaRow, ("code",), area_rows, uses_today=True)


def _matches(row: ListRow, text: str) -> bool:
    """Return whether a name of an area contains a text, or a code of it equals the text."""
    codes = (row["code"], row["iso2"], row["m49"], *row["source_codes"])
    if text.casefold() in {code.casefold() for code in codes if code}:
        return True
    searched_name = normalize_name(text)
    return bool(searched_name) and any(searched_name in normalize_name(name) for name in (row["name"], *row["aliases"]))


def _groups_by_member(reference: Reference, day: date) -> Mapping[int, list[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for group in _groups(reference):
        for member_id in reference.group_members(group.id, day):
            groups[member_id].append(group.code)
    return groups


def _groups(reference: Reference) -> list[Area]:
    return sorted((reference.areas[key] for key in reference.members_by_group), key=lambda area: area.code)


def _source_codes(reference: Reference) -> Mapping[int, list[str]]:
    codes: dict[int, list[str]] = defaultdict(list)
    for entry in reference.area_codes:
        codes[entry.area_id].append(f"{entry.scheme}:{entry.code}")
    return codes


def _successors(context: Context) -> Mapping[int, list[Any]]:
    successors: dict[int, list[Any]] = defaultdict(list)
    for predecessor_id, code, changed_on in context.session.execute(area_successions()):
        successors[predecessor_id].append(f"{code} {changed_on}")
    return successors
