"""Groups and their dated members."""

from datetime import date
from typing import Any

from service.api.resolution.reference_data import Reference


def group_rows(reference: Reference, *, day: date) -> list[dict[str, Any]]:
    """Return each group with its members on a day, by code."""
    return [
        {
            "group": area.code,
            "name": area.name,
            "on": str(day),
            "members": sorted(reference.areas[key].code for key in reference.group_members(area.id, day)),
            "history": _memberships(reference, area.id),
        }
        for area in sorted(reference.areas.values(), key=lambda area: area.code)
        if area.id in reference.members_by_group
    ]


def _memberships(reference: Reference, group_id: int) -> list[str]:
    return sorted(
        f"{reference.areas[entry.member_id].code} {entry.valid_from}/{entry.valid_to or ''}"
        for entry in reference.members_by_group[group_id]
    )
