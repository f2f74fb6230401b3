"""The resource /v1/groups: groups and their dated members."""

from collections import defaultdict

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.reference_data import Reference
from service.api.responses.list_resource import ListResource, ListRows
from service.resources.groups.schemas import GroupRow


def group_rows(context: Context, request: DataRequest) -> ListRows:
    """Return each group with its members on the day of `as_of`, ordered by code."""
    reference, day = context.reference, request.parameters["as_of"]
    published_groups = {entry.group_id for entry in reference.compositions}
    rows = [
        {
            "group": area.code,
            "name": area.name,
            "on": str(day),
            "members": sorted(reference.areas[key].code for key in reference.group_members(area.id, day)),
            "history": _memberships(reference, area.id),
            "published_compositions": _published_compositions(reference, area.id),
        }
        for area in sorted(reference.areas.values(), key=lambda area: area.code)
        if area.id in reference.members_by_group or area.id in published_groups
    ]
    return ListRows(rows)


GROUPS = ListResource(GroupRow, ("group",), group_rows, uses_today=True)


def _memberships(reference: Reference, group_id: int) -> list[str]:
    return sorted(
        f"{reference.areas[entry.member_id].code} {entry.valid_from}/{entry.valid_to or ''}"
        for entry in reference.members_by_group.get(group_id, ())
    )


def _published_compositions(reference: Reference, group_id: int) -> list[str]:
    """Return the members of a group in the figures of each source that prints it, in each span of time."""
    members = defaultdict(list)
    for entry in reference.compositions:
        if entry.group_id == group_id:
            span = f"{entry.source}: {entry.valid_from}/{entry.valid_to or ''}"
            members[span].append(reference.areas[entry.member_id].code)
    return [" ".join([span, *sorted(codes)]) for span, codes in sorted(members.items())]
