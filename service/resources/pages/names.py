"""Resolution of names of areas and commodities, as readers write them, to codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.api.database.context import Context
from service.api.resolution.area_lookup import is_source_code
from service.api.resolution.reference_data import Reference
from service.domain.area_names import normalize_name
from service.domain.codes import ALL_KEYWORD, TOTAL_CODE
from service.domain.suggestions import closest_words
from service.errors import InvalidRequest, ParameterError
from service.models import Dataset

MAX_SUGGESTIONS = 6


@dataclass(frozen=True)
class NameTable:
    """The names and codes of areas or commodities.

    `parameter` is the query parameter that takes these codes. `codes` are by normalized name, `names` are by code.
    """

    parameter: str
    codes: Mapping[str, str]
    names: Mapping[str, str]

    def find(self, text: str) -> str:
        """Return the code of the name or code in `text`. A part of a name is enough if no other name has it.

        :raises InvalidRequest: the text is neither a name nor a code, or a part of several names.
        """
        key = normalize_name(text)
        code = text if text in self.names else self.codes.get(key)
        if code is not None:
            return code
        candidates = self.search(text)
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            reason = f"several names have the words “{text}”"
            suggestions = [self.names[each] for each in candidates[:MAX_SUGGESTIONS]]
        else:
            reason = f"there is no {self.parameter} “{text}”"
            suggestions = [self.names[self.codes[each]] for each in closest_words(key, list(self.codes))]
        raise InvalidRequest(ParameterError(self.parameter, text, reason, list(dict.fromkeys(suggestions))))

    def search(self, text: str) -> list[str]:
        """Return the codes of the names that match a text, the shortest name first.

        A name matches if each word of the text begins one of its words.
        """
        words = normalize_name(text).split()
        if not words:
            return []
        matches = [code for code, name in self.names.items() if _has_words(normalize_name(name), words)]
        return sorted(matches, key=lambda code: (len(self.names[code]), code))

    def find_all(self, texts: Iterable[str]) -> list[str]:
        """Return the codes that several texts name; each text is a name, a code, or a comma-separated list of them.

        :raises InvalidRequest: a part of a text is neither a name nor a code, or a part of several names.
        """
        codes: list[str] = []
        for text in texts:
            parts = [text] if normalize_name(text) in self.codes or "," not in text else text.split(",")
            codes.extend(self.find(part.strip()) for part in parts if part.strip())
        return list(dict.fromkeys(codes))


def partner_names(reference: Reference) -> NameTable:
    """Return the names of all areas, by which a partner is selected."""
    names = {area.code: area.name for area in reference.areas.values()}
    lookup = reference.area_lookup
    codes = {normalize_name(code): area.code for code, area in lookup.area_by_code.items() if not is_source_code(code)}
    codes |= {normalize_name(code): code for code in names if is_source_code(code)}
    codes |= {name: areas[0].code for name, areas in lookup.areas_by_name.items() if len(areas) == 1}
    return NameTable("partner", codes | {ALL_KEYWORD: ALL_KEYWORD}, names)


def reporter_names(reference: Reference, datasets: Iterable[Dataset]) -> NameTable:
    """Return the names of the areas with a dataset."""
    areas = {dataset.reporter_id: reference.areas[dataset.reporter_id] for dataset in datasets}
    names = {area.code: area.name for area in areas.values()}
    all_codes = partner_names(reference).codes
    return NameTable("reporter", {name: code for name, code in all_codes.items() if code in names}, names)


def commodity_names(context: Context, datasets: Sequence[Dataset]) -> NameTable:
    """Return the names of the commodities in the classifications of datasets."""
    names, codes = {TOTAL_CODE: "All commodities"}, {}
    for classification_id in dict.fromkeys(dataset.classification_id for dataset in datasets):
        commodities = context.reference.commodities(context.session, classification_id)
        names |= {each.code: each.name for each in commodities.commodity_by_id.values() if each.level > 0}
    codes = {normalize_name(name): code for code, name in reversed(names.items())}
    codes |= {normalize_name(code): code for code in names} | {ALL_KEYWORD: ALL_KEYWORD}
    return NameTable("commodity", codes, names)


def _has_words(name: str, words: Sequence[str]) -> bool:
    name_words = name.split()
    return all(any(each.startswith(word) for each in name_words) for word in words)
