"""Checks of requests for residual rows, which must make the rows of a ranking add up to the total."""

from service.analytics.scope import QueryScope
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.periods import first_day
from service.errors import InvalidRequest, OverlappingMembers, ParameterError
from service.models import Area


def check_single_period(scope: QueryScope) -> None:
    """Check that a request for residual rows is for a single period.

    The residual is the total without the rows that the response shows, and these can differ between periods.

    :raises InvalidRequest: the request has several periods.
    """
    if len(scope.period_ranges) > 1 or scope.period_ranges[0][1] - scope.period_ranges[0][0] >= scope.period_months:
        raise InvalidRequest(ParameterError("period", "", "residual=true requires a single period", ["latest"]))


def check_disjoint_partners(scope: QueryScope, reference: Reference) -> None:
    """Check that no requested partner contains another one, so that none is counted twice.

    :raises OverlappingMembers: a requested partner is a group or the World; the error names its members.
    """
    aggregates = [area for key in scope.partners if (area := reference.areas[key]).kind in {"group", "world"}]
    if aggregates:
        raise OverlappingMembers(
            *(
                ParameterError("partner", area.code, _overlap_message(area, scope, reference), ["all"])
                for area in aggregates
            )
        )


def _overlap_message(area: Area, scope: QueryScope, reference: Reference) -> str:
    if area.code == WORLD_CODE:
        return "it is the sum of the single partners that residual=true adds up"
    members = sorted(
        reference.areas[key].code for key in reference.group_members(area.id, first_day(scope.period_ranges[0][0]))
    )
    member_list = ", ".join(members) if members else "its members"
    return (
        f"{member_list} are among the single partners that residual=true adds up, and would be counted twice; "
        "request these instead"
    )


def check_single_level(resolved: ResolvedRequest) -> None:
    """Check that the requested commodities are of one level, so that all commodities of the level add up to the total.

    :raises OverlappingMembers: the commodities are of several levels, or include the total.
    """
    assert resolved.scope is not None
    assert resolved.commodities is not None
    scope, commodities = resolved.scope, resolved.commodities.commodity_by_id
    if scope.commodities is None:
        levels = set(scope.levels or {commodity.level for commodity in commodities.values()} - {0})
        value, parameter = ",".join(map(str, sorted(levels))), "level"
    else:
        levels = {commodities[key].level for key in scope.commodities}
        value, parameter = ",".join(commodities[key].code for key in scope.commodities), "commodity"
    if len(levels) > 1 or 0 in levels:
        reason = f"residual=true requires commodities of one level below {TOTAL_CODE}, so that none is counted twice"
        top_level = min({commodity.level for commodity in commodities.values()} - {0})
        raise OverlappingMembers(ParameterError(parameter, value, reason, [f"level={top_level}"]))
