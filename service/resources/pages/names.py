"""Resolution of names of areas and commodities, as readers write them, to codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.api.database.context import Context
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

    `parameter` is the query parameter that takes these codes. `codes` are by normalized name or code. `names` and
    `normalized_names` are by code.
    """

    parameter: str
    codes: Mapping[str, str]
    names: Mapping[str, str]
    normalized_names: Mapping[str, str]

    def find(self, text: str) -> str:
        """Return the code of the area or commodity that `text` names or whose code it is.

        A part of a name is enough if no other name has it.

        :raises InvalidRequest: the text matches no name and no code, or it matches several names.
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
        matches = [code for code, name in self.normalized_names.items() if _has_words(name, words)]
        return sorted(matches, key=lambda code: (len(self.names[code]), code))

    def find_all(self, texts: Iterable[str]) -> list[str]:
        """Return the codes of all areas or commodities that the texts name, without duplicates.

        A text is a name, a code, or a comma-separated list of names and codes. A name can be shortened as in `find`.

        :raises InvalidRequest: a name or code in a text matches nothing, or matches several names.
        """
        codes: list[str] = []
        for text in texts:
            parts = [text] if normalize_name(text) in self.codes or "," not in text else text.split(",")
            codes.extend(self.find(part.strip()) for part in parts if part.strip())
        return list(dict.fromkeys(codes))


def partner_names(reference: Reference) -> NameTable:
    """Return the names of all areas, by which a partner is selected."""
    names, lookup = {area.code: area.name for area in reference.areas.values()}, reference.area_lookup
    return NameTable("partner", lookup.codes_by_text | {ALL_KEYWORD: ALL_KEYWORD}, names, lookup.normalized_names)


def reporter_names(reference: Reference, datasets: Iterable[Dataset]) -> NameTable:
    """Return the names of the areas with a dataset."""
    areas, lookup = {reference.areas[dataset.reporter_id] for dataset in datasets}, reference.area_lookup
    names = {area.code: area.name for area in areas}
    codes = {text: code for text, code in lookup.codes_by_text.items() if code in names}
    return NameTable("reporter", codes, names, {code: lookup.normalized_names[code] for code in names})


def commodity_names(context: Context, datasets: Sequence[Dataset]) -> NameTable:
    """Return the names of the commodities in the classifications of datasets."""
    names, codes = {TOTAL_CODE: "All commodities"}, {"all commodities": TOTAL_CODE}
    normalized_names = {TOTAL_CODE: "all commodities"}
    for classification_id in reversed(dict.fromkeys(dataset.classification_id for dataset in datasets)):
        commodities = context.reference.commodities(context.session, classification_id)
        names |= commodities.names
        normalized_names |= commodities.normalized_names
        codes |= commodities.codes_by_text
    codes |= {normalize_name(TOTAL_CODE): TOTAL_CODE, ALL_KEYWORD: ALL_KEYWORD}
    return NameTable("commodity", codes, names, normalized_names)


def _has_words(name: str, words: Sequence[str]) -> bool:
    name_words = name.split()
    return all(any(each.startswith(word) for each in name_words) for word in words)
