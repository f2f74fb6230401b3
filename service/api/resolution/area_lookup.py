"""Lookup of areas by code and by name, and errors for texts that name no area."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.domain.area_names import codes_by_alias, normalize_name
from service.domain.suggestions import closest_word
from service.errors import ParameterError
from service.models import Area, AreaCode

COLUMN_SCHEMES = {"iso3": "code", "iso2": "iso2", "m49": "m49"}
"""Schemes whose codes are columns of the table of areas."""
SCHEME_SEPARATOR = ":"


def is_source_code(code: str) -> bool:
    """Return whether a canonical code has the form `scheme:code`.

    Only areas that no standard defines have such a code; it consists of a source's code list and the code in it.
    """
    return SCHEME_SEPARATOR in code


@dataclass(frozen=True, eq=False)
class AreaLookup:
    """A lookup of all areas, by standard codes, names, and the codes that sources use."""

    areas: Mapping[int, Area]
    area_codes: Sequence[AreaCode]

    @cached_property
    def area_by_code(self) -> dict[str, Area]:
        """Return areas by canonical code, ISO2 or M49, and by `scheme:code` for every scheme, in upper case.

        A number alone is always a code of M49, with or without leading zeros.
        """
        areas = {
            f"{entry.scheme}{SCHEME_SEPARATOR}{entry.code}".upper(): self.areas[entry.area_id]
            for entry in self.area_codes
        }
        for scheme in ("m49", "iso2", "iso3"):
            for area in self.areas.values():
                code = getattr(area, COLUMN_SCHEMES[scheme])
                for text in {code, code.lstrip("0")} if code else ():
                    areas[text.upper()] = areas[f"{scheme}{SCHEME_SEPARATOR}{text}".upper()] = area
        return areas

    @cached_property
    def areas_by_name(self) -> dict[str, tuple[Area, ...]]:
        """Return areas by normalized name or alias. An ambiguous name has several areas.

        Some areas are defined only by a source, and named by its label. Such a label is left out if it is also the name
        of a standard area.
        """
        area_by_code = {area.code: area for area in self.areas.values() if not is_source_code(area.code)}
        areas: dict[str, tuple[Area, ...]] = {normalize_name(area.name): (area,) for area in area_by_code.values()}
        for alias, codes in codes_by_alias().items():
            aliased = tuple(area_by_code[code] for code in codes if code in area_by_code)
            areas[alias] = tuple(dict.fromkeys((*areas.get(alias, ()), *aliased)))
        source_areas: dict[str, tuple[Area, ...]] = {}
        for area in self.areas.values():
            if is_source_code(area.code):
                name = normalize_name(area.name)
                source_areas[name] = (*source_areas.get(name, ()), area)
        return source_areas | areas

    @cached_property
    def normalized_names(self) -> Mapping[str, str]:
        """Return the normalized name of each area, by canonical code."""
        return {area.code: normalize_name(area.name) for area in self.areas.values()}

    @cached_property
    def codes_by_text(self) -> dict[str, str]:
        """Return canonical codes of areas by normalized text, which is a code, a name or an alias of the area.

        Ambiguous names are left out, and so are the codes that sources use for standard areas.
        """
        codes = {
            normalize_name(code): area.code for code, area in self.area_by_code.items() if not is_source_code(code)
        }
        codes |= {normalize_name(code): code for code in self.normalized_names if is_source_code(code)}
        return codes | {name: areas[0].code for name, areas in self.areas_by_name.items() if len(areas) == 1}

    def find(self, text: str) -> Area | None:
        """Return the area that a code or a name stands for; null where there is none, or the name is ambiguous."""
        area = self.area_by_code.get(text.upper())
        if area is not None:
            return area
        areas = self.areas_by_name.get(normalize_name(text), ())
        return areas[0] if len(areas) == 1 else None

    def error(self, parameter: str, text: str) -> ParameterError:
        """Return the error for a text that names no area, with suggestions of texts that name one."""
        reason, suggestions = _cached_explanation(self, text)
        return ParameterError(parameter, text, reason, suggestions)

    def explain(self, text: str) -> tuple[str, list[str]]:
        """Return the reason why a text names no area, and suggestions of texts that name one."""
        homonyms = self.areas_by_name.get(normalize_name(text), ())
        if len(homonyms) > 1:
            return f"it is the name of several areas: {_describe(homonyms)}", [area.code for area in homonyms]
        readings = self._source_readings.get(text.upper())
        if readings:
            meanings = ", ".join(f"{code} is {area.name}" for code, area in readings.items())
            return f"a code of a source is written with its scheme: {meanings}", list(readings)
        scheme, separator, _ = text.partition(SCHEME_SEPARATOR)
        if separator:
            return self._explain_scheme(scheme.lower()), []
        if text.isdigit():
            return "it is not a code of M49; /v1/areas?search= finds areas by name", []
        name = closest_word(normalize_name(text), self.areas_by_name)
        suggestions = [area.code for area in self.areas_by_name[name]] if name else []
        return "it is neither the code nor the name of an area; /v1/areas?search= finds areas by name", suggestions

    @cached_property
    def _source_readings(self) -> Mapping[str, dict[str, Area]]:
        """Return the areas that the sources have under each bare code, by `scheme:code`."""
        readings: dict[str, dict[str, Area]] = defaultdict(dict)
        for entry in self.area_codes:
            code = f"{entry.scheme}{SCHEME_SEPARATOR}{entry.code}"
            readings[entry.code.upper()][code] = self.areas[entry.area_id]
        return readings

    def _explain_scheme(self, scheme: str) -> str:
        schemes = sorted({*COLUMN_SCHEMES, *(entry.scheme for entry in self.area_codes)})
        if scheme in schemes:
            return f"{scheme} has no such code; /v1/areas lists the codes of each area"
        return f"there is no scheme {scheme[:40]}; the schemes are {', '.join(schemes)}"


@lru_cache(maxsize=1000)
def _cached_explanation(lookup: AreaLookup, text: str) -> tuple[str, list[str]]:
    return lookup.explain(text)


def _describe(areas: Iterable[Area]) -> str:
    return ", ".join(f"{area.name} ({area.code})" for area in areas)
