"""Whether a ranking can be made whole by the rest of it, and by what."""

from service.analytics.scope import QueryScope
from service.api.resolution.reference_data import Reference
from service.api.resolution.resolver import ResolvedRequest
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.periods import first_day
from service.errors import InvalidRequest, OverlappingMembers, ParameterError
from service.models import Area


def check_single_period(scope: QueryScope) -> None:
    """Check that the rest is asked for in one period: what is shown differs from one to the next.

    :raises InvalidRequest: there are several.
    """
    if len(scope.period_ranges) > 1 or scope.period_ranges[0][1] - scope.period_ranges[0][0] >= scope.period_months:
        raise InvalidRequest(
            ParameterError("period", "", "with residual=true a ranking is of a single period", ["latest"])
        )


def check_disjoint_partners(scope: QueryScope, reference: Reference) -> None:
    """Check that no partner asked for is counted twice, as one of the others too.

    :raises OverlappingMembers: one is a group, or the World; the error names the members that it shares.
    """
    whole = [area for key in scope.partners if (area := reference.areas[key]).kind in {"group", "world"}]
    if whole:
        raise OverlappingMembers(
            *(ParameterError("partner", area.code, _overlap_message(area, scope, reference), ["all"]) for area in whole)
        )


def _overlap_message(area: Area, scope: QueryScope, reference: Reference) -> str:
    if area.code == WORLD_CODE:
        return "it is the whole that the single partners, which residual=true adds up, make up"
    members = sorted(
        reference.areas[key].code for key in reference.group_members(area.id, first_day(scope.period_ranges[0][0]))
    )
    named = ", ".join(members) if members else "its members"
    return (
        f"{named} are among the single partners that residual=true adds up, and would be counted twice; ask for these"
    )


def check_single_level(resolved: ResolvedRequest) -> None:
    """Check that the commodities asked for are of one level, of which all together make up the total.

    :raises OverlappingMembers: they are of several levels, or the total is among them.
    """
    assert resolved.scope is not None
    assert resolved.commodities is not None
    scope, goods = resolved.scope, resolved.commodities.by_id
    if scope.commodities is None:
        levels = set(scope.levels or {good.level for good in goods.values()} - {0})
        named, parameter = ",".join(map(str, sorted(levels))), "level"
    else:
        levels = {goods[key].level for key in scope.commodities}
        named, parameter = ",".join(goods[key].code for key in scope.commodities), "commodity"
    if len(levels) > 1 or 0 in levels:
        reason = (
            f"with residual=true commodities are of one level, below {TOTAL_CODE}: a part is not counted with its parts"
        )
        lowest = min({good.level for good in goods.values()} - {0})
        raise OverlappingMembers(ParameterError(parameter, named, reason, [f"level={lowest}"]))
