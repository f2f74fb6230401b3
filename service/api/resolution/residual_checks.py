"""Whether a ranking can be made whole by the rest of it, and by what."""

from service.analytics.scope import Scope
from service.api.resolution.reference_data import TOTAL, WORLD, Reference
from service.api.resolution.resolver import Resolved
from service.domain.periods import first_day
from service.errors import Fault, InvalidRequest, OverlappingMembers
from service.models import Area


def refuse_several_periods(scope: Scope) -> None:
    """Check that the rest is asked for in one period: what is shown differs from one to the next.

    :raises InvalidRequest: there are several.
    """
    if len(scope.periods) > 1 or scope.periods[0][1] - scope.periods[0][0] >= scope.step:
        raise InvalidRequest(Fault("period", "", "with rest=true a ranking is of a single period", ["latest"]))


def refuse_overlapping_partners(scope: Scope, reference: Reference) -> None:
    """Check that no partner asked for is counted twice, as one of the others too.

    :raises OverlappingMembers: one is a group, or the World; the error names the members that it shares.
    """
    whole = [area for key in scope.partners if (area := reference.areas[key]).kind in {"group", "world"}]
    if whole:
        raise OverlappingMembers(
            *(Fault("partner", area.code, _shared(area, scope, reference), ["all"]) for area in whole)
        )


def _shared(area: Area, scope: Scope, reference: Reference) -> str:
    if area.code == WORLD:
        return "it is the whole that the single partners, which rest=true adds up, make up"
    members = sorted(reference.areas[key].code for key in reference.members_on(area.id, first_day(scope.periods[0][0])))
    named = ", ".join(members) if members else "its members"
    return f"{named} are among the single partners that rest=true adds up, and would be counted twice; ask for these"


def refuse_several_levels(resolved: Resolved) -> None:
    """Check that the commodities asked for are of one level, of which all together make up the total.

    :raises OverlappingMembers: they are of several levels, or the total is among them.
    """
    assert resolved.scope is not None
    assert resolved.goods is not None
    scope, goods = resolved.scope, resolved.goods.by_id
    if scope.commodities is None:
        levels = set(scope.levels or {good.level for good in goods.values()} - {0})
        named, parameter = ",".join(map(str, sorted(levels))), "level"
    else:
        levels = {goods[key].level for key in scope.commodities}
        named, parameter = ",".join(goods[key].code for key in scope.commodities), "commodity"
    if len(levels) > 1 or 0 in levels:
        reason = f"with rest=true commodities are of one level, below {TOTAL}: a part is not counted with its parts"
        lowest = min({good.level for good in goods.values()} - {0})
        raise OverlappingMembers(Fault(parameter, named, reason, [f"level={lowest}"]))
