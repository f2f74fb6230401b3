"""Concordance between two editions of a classification: the corresponding codes of both."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

CHAPTER_DIGITS = 2
RELATIONS = ("1:1", "n:1", "1:n", "n:n")
"""Kinds of relation, from a code to a code of the other edition.

Several codes that become one have `n:1`; a code of which the other is but a part has `1:n`. The relation is the same
for all codes that have commodities in common with a code of the other edition.
"""


@dataclass(frozen=True, eq=False)
class Concordance:
    """Pairs of a code and a code of the other edition with commodities in common."""

    pairs: frozenset[tuple[str, str]]

    @cached_property
    def targets(self) -> Mapping[str, frozenset[str]]:
        """Return the codes of the other edition for each code."""
        return _group(self.pairs)

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """Return the codes of the source edition for each code of the target edition."""
        return _group((target, code) for code, target in self.pairs)

    def relation(self, target: str) -> str:
        """Return the kind of relation of all codes to a code of the other edition, one of RELATIONS."""
        is_only_source = len(self.sources[target]) == 1
        if self.summands(target):
            return "1:1" if is_only_source else "n:1"
        return "1:n" if is_only_source else "n:n"

    def summands(self, target: str) -> tuple[str, ...]:
        """Return the codes that together are a code of the other edition; nothing where there are none.

        None of them has commodities outside of it: the relation of each is `1:1` or `n:1`.
        """
        codes = self.sources.get(target, frozenset())
        return tuple(sorted(codes)) if all(len(self.targets[code]) == 1 for code in codes) else ()

    def inverse(self) -> "Concordance":
        """Return the concordance from the other edition to this one."""
        return Concordance(frozenset((target, code) for code, target in self.pairs))

    def compose(self, following: "Concordance") -> "Concordance":
        """Return the concordance to the edition that `following` leads to."""
        return Concordance(
            frozenset(
                (code, end) for code, target in self.pairs for end in following.targets.get(target, frozenset[str]())
            )
        )

    @cached_property
    def all_levels(self) -> "Concordance":
        """Return the concordance with pairs of headings and of chapters, added where subheadings of both correspond."""
        lengths = {len(code) for code, _ in self.pairs}
        digits = range(CHAPTER_DIGITS, max(lengths, default=0) + 1, CHAPTER_DIGITS)
        return Concordance(frozenset((code[:n], target[:n]) for code, target in self.pairs for n in digits))


def _group(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return {key: frozenset(values) for key, values in groups.items()}
