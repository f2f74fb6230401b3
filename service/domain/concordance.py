"""Concordance between two editions of a classification: the codes that correspond.

A concordance leads from a source edition to a target edition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

CHAPTER_DIGITS = 2
RELATIONS = ("1:1", "n:1", "1:n", "n:n")
"""Kinds of relation between a source code and a target code.

`1:1`: the codes are equivalent. `n:1`: several source codes are merged into the target code. `1:n`: the source code is
split, and the target code is one part of it. `n:n`: none of these. All source codes of a target code have the same
relation.
"""


@dataclass(frozen=True, eq=False)
class Concordance:
    """The correspondence of codes between two editions of a classification, the source and the target edition.

    `pairs` has each pair of a source code and a target code that have commodities in common.
    """

    pairs: frozenset[tuple[str, str]]

    @cached_property
    def targets(self) -> Mapping[str, frozenset[str]]:
        """Return the target codes of each source code."""
        return _group(self.pairs)

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """Return the source codes of each target code."""
        return _group((target, code) for code, target in self.pairs)

    def relation(self, target: str) -> str:
        """Return the kind of relation between the source codes of a target code and this code, such as `n:1`.

        RELATIONS explains the kinds.
        """
        is_only_source = len(self.sources[target]) == 1
        if self.summands(target):
            return "1:1" if is_only_source else "n:1"
        return "1:n" if is_only_source else "n:n"

    def summands(self, target: str) -> tuple[str, ...]:
        """Return the source codes whose figures add up to those of a target code; an empty tuple if there are none.

        None of them has commodities outside of the target code: the relation is `1:1` or `n:1`.
        """
        codes = self.sources.get(target, frozenset())
        return tuple(sorted(codes)) if all(len(self.targets[code]) == 1 for code in codes) else ()

    def inverse(self) -> "Concordance":
        """Return the concordance in the opposite direction, from the target edition to the source edition."""
        return Concordance(frozenset((target, code) for code, target in self.pairs))

    def compose(self, following: "Concordance") -> "Concordance":
        """Return the concordance from this source edition to the target edition of `following`.

        The source edition of `following` is the target edition of this concordance.
        """
        return Concordance(
            frozenset(
                (code, end) for code, target in self.pairs for end in following.targets.get(target, frozenset[str]())
            )
        )

    @cached_property
    def all_levels(self) -> "Concordance":
        """Return this concordance with pairs of all higher levels added, such as the headings and chapters of the HS.

        Two headings or chapters correspond if a code below the one corresponds to a code below the other.
        """
        lengths = {len(code) for code, _ in self.pairs}
        digits = range(CHAPTER_DIGITS, max(lengths, default=0) + 1, CHAPTER_DIGITS)
        return Concordance(frozenset((code[:n], target[:n]) for code, target in self.pairs for n in digits))


def _group(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return {key: frozenset(values) for key, values in groups.items()}
