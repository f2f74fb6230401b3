"""Resolution of names of areas, commodities, flows and periods, as agents write them, to codes."""

import re
from collections.abc import Iterator, Mapping

from service.api.database.context import Context
from service.domain.codes import TOTAL_CODE
from service.domain.frequencies import FISCAL_YEARS, MONTHS_PER_PERIOD
from service.domain.suggestions import closest_codes, closest_words
from service.domain.text import MONTH_NAMES
from service.errors import InvalidRequest, ParameterError
from service.models import Area, Commodity

FLOW_ALIASES = {"exports": "X", "export": "X", "x": "X", "imports": "M", "import": "M", "m": "M"}
TOTAL_ALIASES = ("all", "all goods", "all commodities", "goods", "everything")
ENGLISH_MONTH = re.compile(rf"({'|'.join(name[:3] for name in MONTH_NAMES)})[a-z]*\.?,? ([0-9]{{4}})", re.IGNORECASE)
ENGLISH_QUARTER = re.compile(r"Q([1-4])[ /-]?([0-9]{4})", re.IGNORECASE)


def area_code(context: Context, parameter: str, name: str) -> str:
    """Return the code of the area that has `name` as its code or name. Errors name the argument `parameter`.

    :raises InvalidRequest: no area has this code or name, or several areas have it.
    """
    return context.find_area(parameter, name.strip()).code


def matching_areas(context: Context, text: str) -> list[Area]:
    """Return the areas whose code, name or alias is the text, or whose name contains it, sorted by name."""
    exact = context.reference.area_lookup.find(text)
    areas = sorted(context.reference.areas.values(), key=lambda area: area.name)
    return [area for area in areas if text.lower() in area.name.lower() or area is exact]


def commodity_code(context: Context, reporter: str, name: str) -> str:
    """Return the code of the commodity that has `name` as its code or name, in a classification that the reporter uses.

    A part of the commodity's name is enough if only one commodity has it. `reporter` is the code of an area.

    :raises InvalidRequest: no commodity matches, or several do; the error suggests codes.
    """
    text = name.strip()
    if text.lower() in TOTAL_ALIASES:
        return TOTAL_CODE
    editions = [commodity_by_code for _, commodity_by_code in reported_commodities(context, reporter)]
    for commodity_by_code in editions:
        if text.upper() in commodity_by_code:
            return text.upper()
    for commodity_by_code in editions:
        exact = [code for code, each in commodity_by_code.items() if each.name.lower() == text.lower()]
        matches = exact or [code for code, each in commodity_by_code.items() if text.lower() in each.name.lower()]
        if len(matches) == 1:
            return matches[0]
    all_names = {code: each.name for edition in editions for code, each in edition.items()}
    reason = "it is not the name or the code of one commodity; find_codes lists those that match"
    raise InvalidRequest(ParameterError("commodity", text, reason, closest_codes(text, all_names)))


def reported_commodities(
    context: Context, reporter: str | None = None
) -> Iterator[tuple[str, Mapping[str, Commodity]]]:
    """Yield the code of each classification in the datasets of a reporter, with its commodities by code.

    Without a reporter, the datasets of all reporters are read.
    """
    reference = context.reference
    editions = {
        dataset.classification_id
        for dataset in reference.datasets.values()
        if reporter is None or reference.areas[dataset.reporter_id].code == reporter
    }
    for key in sorted(editions):
        yield reference.classifications[key].code, reference.commodities(context.session, key).commodity_by_code


def flow_code(name: str) -> str:
    """Return the code of the flow that has `name` as its code or name, such as `X` for `exports`.

    :raises InvalidRequest: there is no such flow.
    """
    if name.strip().lower() in FLOW_ALIASES:
        return FLOW_ALIASES[name.strip().lower()]
    choices = ("exports", "imports")
    raise InvalidRequest(
        ParameterError("flow", name, "it is exports or imports", closest_words(name, choices) or list(choices))
    )


def period_code(text: str) -> str:
    """Return the code of a period, such as `2024-01` for `January 2024` or `2023-Q4` for `Q4 2023`.

    Any other text is returned unchanged, because it may be a code already.
    """
    if match := ENGLISH_MONTH.fullmatch(text.strip()):
        number = [name[:3] for name in MONTH_NAMES].index(match[1].title()) + 1
        return f"{match[2]}-{number:02}"
    if match := ENGLISH_QUARTER.fullmatch(text.strip()):
        return f"{match[2]}-Q{match[1]}"
    return text.strip()


def frequency_code(context: Context, reporter: str, period: str) -> str:
    """Return the code of the frequency of a period, such as `Q` for `2023-Q4`.

    For a range or a list of periods it is the frequency of the first one. For `latest` and `all` it is the highest
    frequency in the reporter's datasets.
    """
    first = period.split("..", maxsplit=1)[0].split(",", maxsplit=1)[0].strip()
    if re.fullmatch(r"FY-?[0-9]{4}", first.upper()):
        return FISCAL_YEARS
    if re.fullmatch(r"[0-9]{4}", first):
        return "A"
    if match := re.fullmatch(r"[0-9]{4}-?([QH])[1-4]", first.upper()):
        return match[1]
    area = context.find_area("reporter", reporter)
    frequencies = {dataset.frequency for dataset in context.reference.datasets_by_reporter.get(area.id, ())}
    is_open = first.lower() in {"latest", "all", ""}
    return min(frequencies, key=lambda each: MONTHS_PER_PERIOD[each]) if is_open and frequencies else "M"
