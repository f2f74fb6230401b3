"""Scores of the checks of texts on the labelled corpus, and their tables in Markdown."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS_FOLDER = Path(__file__).parents[1] / "checks" / "corpus"
HELD_OUT_PREFIX = "held_out"
PUBLISHED = "2024-02-29"
NUMBER_TOLERANCE = 0.01
TRUE_CHANGES = frozenset(
    {
        "Exports to Russia collapsed by nearly two-thirds in December 2023, Japanese customs data show.",
        "The Nikkei lost 1.1% after data showed Japan's January exports to the United Kingdom down 10.1%.",
        "Lunar New Year, which rose on Jan. 22 in 2023 and on Feb. 10 in 2024, flattered the January comparison: "
        "Japan's exports to Hong Kong jumped 36.9%.",
        "Japan's imports from China were more than twice its imports from the United States in December 2023.",
        "Singapore is the odd one out. Japan's exports there fell fifteen percent in January, "
        "and so did exports to it.",
    }
)
"""Changed texts whose claim is true as well: exports to Russia fell by 65.6 % in December and by 65.8 % in January.

Imports from China were 2.02 times those from the United States in December. In the others the changed word is not about
trade, or not about the number.
"""
LABEL_DIMENSIONS = ("measure", "reporter", "partner", "flow", "commodity", "period", "number", "unit")
DIRECTION_SWAPS = (
    ("rose", "fell"), ("fell", "rose"), ("up ", "down "), ("down ", "up "), ("increased", "decreased"),
    ("decreased", "increased"), ("deficit", "surplus"), ("surplus", "deficit"), ("gained", "lost"),
    ("halved", "doubled"), ("surged", "plunged"), ("climbed", "sank"), ("increase of", "decrease of"),
    ("decrease of", "increase of"),
)  # fmt: skip
FACT_SWAPS = (
    ("China", "Thailand"), ("the United States", "Germany"), ("the US ", "Germany "), ("Taiwan", "India"),
    ("exports to", "imports from"), ("imports from", "exports to"), ("January 2024", "January 2023"),
    ("January 2024", "December 2023"), ("trillion", "billion"), ("billion", "million"), ("billion", "trillion"),
)  # fmt: skip
Rows = list[dict[str, Any]]
Check = Callable[[str, str], Rows]


@dataclass
class Score:
    """Counts over labelled sentences."""

    labels: int = 0
    found: int = 0
    spans: int = 0
    right_spans: int = 0
    abstentions: int = 0
    checkable: int = 0
    false_contradictions: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    dimensions: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def ratios(self) -> dict[str, float]:
        """Return the scores as shares of 1."""
        return {
            "span recall": self.found / max(1, self.labels),
            "span precision": self.right_spans / max(1, self.spans),
            **{name: self.dimensions[name] / max(1, self.compared[name]) for name in LABEL_DIMENSIONS},
            "verdict": sum(count for pair, count in self.verdicts.items() if pair[0] == pair[1]) / max(1, self.found),
            "abstained without need": self.abstentions / max(1, self.checkable),
        }


def load_sentences(*, is_test_part: bool) -> Iterator[dict[str, Any]]:
    """Yield the sentences of the corpus: the held-out ones, or all others."""
    for path in sorted(CORPUS_FOLDER.glob("*.toml")):
        if path.name.startswith(HELD_OUT_PREFIX) == is_test_part:
            yield from tomllib.loads(path.read_text(encoding="utf-8"))["sentence"]


def score_sentences(sentences: Iterable[dict[str, Any]], check: Check) -> Score:
    """Return the scores of labelled sentences."""
    score = Score()
    for sentence in sentences:
        _add_sentence(score, sentence, check(sentence["text"], PUBLISHED))
    return score


def _add_sentence(score: Score, sentence: dict[str, Any], rows: Rows) -> None:
    row_by_quote = {row["span"]["quote"]: row for row in rows}
    matches = {label["quote"]: _matching_quote(label["quote"], row_by_quote) for label in sentence["claims"]}
    unlabelled = [quote for quote in row_by_quote if quote not in matches.values() and _is_judged(row_by_quote[quote])]
    found = {quote for quote in matches.values() if quote is not None}
    score.labels += len(matches)
    score.spans += len(found) + len(unlabelled)
    score.right_spans += len(found)
    score.differences += [f"{sentence['id']}: {quote} is no claim" for quote in unlabelled]
    for label in sentence["claims"]:
        quote = matches[label["quote"]]
        if quote is None:
            score.differences.append(f"{sentence['id']}: {label['quote']} not found")
        else:
            _add_claim(score, sentence["id"], label, row_by_quote[quote])


def _matching_quote(label: str, quotes: Iterable[str]) -> str | None:
    """Return the quote that is, contains, or is a part of a label: `a tenth` is the number of `by a tenth`."""
    found = [quote for quote in quotes if quote == label] or [
        quote for quote in quotes if label in quote or quote in label
    ]
    return found[0] if found else None


def _is_judged(row: dict[str, Any]) -> bool:
    """Return whether a number without a label is judged: a forecast can be no claim, or one that cannot be checked."""
    return bool(row["verdict"] != "cannot_be_checked")


def _add_claim(score: Score, sentence_id: str, label: dict[str, Any], row: dict[str, Any]) -> None:
    score.found += 1
    parsed = row["parsed"]
    for name in LABEL_DIMENSIONS:
        if name in label:
            value = parsed[name]
            is_right = value == label[name] or (name == "number" and _is_same_size(value, label[name]))
            score.compared[name] += 1
            score.dimensions[name] += is_right
            if not is_right and row["verdict"] != "cannot_be_checked":
                score.differences.append(f"{sentence_id}: {label['quote']}: {name} {value} for {label[name]}")
    expected, verdict = label["verdict"], row["verdict"]
    score.verdicts[expected, verdict] += 1
    if expected != "cannot_be_checked":
        score.checkable += 1
        score.abstentions += verdict == "cannot_be_checked"
    if verdict == "contradicted" and expected != "contradicted":
        score.false_contradictions.append(f"{sentence_id}: {label['quote']}")
    if expected != verdict:
        score.differences.append(f"{sentence_id}: {label['quote']}: {verdict} ({row['reason']}) for {expected}")


def _is_same_size(first: float, second: float) -> bool:
    """Return whether two numbers are the same, whatever their signs: `fell by two-thirds` is 66.67 or -66.6667."""
    return abs(abs(first) - abs(second)) <= NUMBER_TOLERANCE


def mutations(sentence: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield texts in which one fact of a claim that holds is changed, each with the quote that may no longer hold."""
    text = sentence["text"]
    holding = [label["quote"] for label in sentence["claims"] if label["verdict"] == "holds"]
    for quote in holding:
        for position, character in enumerate(quote):
            if character.isdigit():
                changed_quote = quote[:position] + str((int(character) + 1) % 10) + quote[position + 1 :]
                yield text.replace(quote, changed_quote), changed_quote
        for old, new in (*DIRECTION_SWAPS, *FACT_SWAPS):
            changed_text = text.replace(old, new)
            changed_quote = quote.replace(old, new)
            if (
                len(sentence["claims"]) == 1
                and changed_text not in {text, *TRUE_CHANGES}
                and changed_quote in changed_text
            ):
                yield changed_text, changed_quote


def holding_mutations(sentences: Iterable[dict[str, Any]], check: Check) -> tuple[int, list[str]]:
    """Return the number of changed texts, and those whose changed claim still holds."""
    count, failures = 0, []
    for sentence in sentences:
        for text, quote in mutations(sentence):
            count += 1
            if any(row["span"]["quote"] == quote and row["verdict"] == "holds" for row in check(text, PUBLISHED)):
                failures.append(f"{quote} in {text}")
    return count, failures


def score_table(scores: dict[str, Score]) -> str:
    """Return scores by style as a table in Markdown."""
    columns = [
        {name: f"{ratio:.3f}" for name, ratio in score.ratios().items()}
        | {"false contradictions": str(len(score.false_contradictions)), "claims": str(score.labels)}
        for score in scores.values()
    ]
    return _markdown_table(["", *scores], [[name, *(column[name] for column in columns)] for name in columns[0]])


def verdict_table(score: Score) -> str:
    """Return the matrix of expected and given verdicts as a table in Markdown."""
    names = sorted({name for pair in score.verdicts for name in pair})
    rows = [[expected, *(str(score.verdicts[expected, verdict]) for verdict in names)] for expected in names]
    return _markdown_table(["labelled", *names], rows)


def _markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|---|{'---:|' * (len(head) - 1)}", *lines[1:]])


def scores_by_style(sentences: Sequence[dict[str, Any]], check: Check) -> dict[str, Score]:
    """Return the scores of each style, then of all sentences together."""
    styles = sorted({sentence["style"] for sentence in sentences})
    scores = {style: score_sentences([each for each in sentences if each["style"] == style], check) for style in styles}
    return scores | {"all": score_sentences(sentences, check)}
