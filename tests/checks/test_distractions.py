"""Synonyms, unknown words and clauses on another country never make a number of the corpus contradicted.

A number that holds in the sentence may stay unjudged in the changed one, but is never contradicted, and neither is the
number of the other country. MUTATION_STEP=1 checks each changed text; the default checks every 29th one.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.support.check_scores import PUBLISHED, Check, load_sentences

STEP = 1 if os.environ.get("MUTATION_STEP") == "1" else 29
REPLACEMENTS = (
    ("exports", "outbound shipments"), ("exports", "overseas sales"), ("exports", "gadget exports"),
    ("exports", "services exports"), ("exports", "exports by small firms"), ("exports to", "re-exports to"),
    ("exports to", "exports of toys to"), ("exports of", "exports of green"), ("Exports", "Shipments abroad"),
    ("imports", "inbound shipments"), ("imports", "purchases from abroad"), ("imports", "imports of gadgets"),
    ("imports from", "imports of toys from"), ("imports of", "imports of organic"), ("China", "mainland China"),
    ("China", "Beijing"), ("China", "its giant neighbour"), ("the United States", "America"), ("the US", "Washington"),
    ("the United States", "its largest market"), ("the EU", "the euro zone"), ("Germany", "Bavaria"),
    ("Hong Kong", "the territory"), ("Australia", "Western Australia"), ("Taiwan", "the island"),
    ("South Korea", "the South"), ("Japan's", "the country's"), ("Japan's", "Tokyo's"), ("Japan", "the archipelago"),
    ("cars", "automobiles"), ("cars", "widgets"), ("chips", "gizmos"), ("coal", "coking coal"),
    ("steel", "stainless steel"), ("crude oil", "heavy crude oil"), ("machinery", "textile machinery"),
    ("meat", "frozen meat"), ("motor vehicles", "electric motor vehicles"),
)  # fmt: skip
"""Words and their replacements. Some replacements are unknown to the grammar, and change what the sentence is about."""
FIRST_CLAUSES = (
    "While Brazil's exports fell, ", "As South Korea's imports slid, ", "After Vietnam's exports to the US surged, ",
    "Unlike Germany, ", "With Indian demand for cars up 12%, ", "Like Taiwan, ",
)  # fmt: skip
LAST_CLAUSES = (
    ", while South Korea's exports fell 5%", ", as Brazil's imports of coal rose", ", unlike those of Germany",
    ", whereas Vietnam's shipments dropped 3%", ", after South Korea posted an 18% gain in exports",
    ", helped by demand for chips in Taiwan", " (South Korea: +18.0%)", ", against 18% in South Korea",
    ", compared with 4.3% for Germany's exports",
)  # fmt: skip
INSERTIONS = (
    ", unlike those of South Korea,", " (and those of South Korea)", ", like Germany's,", ", led by chips,",
    ", helped by a weak yen and demand for cars,", ", especially to Thailand,",
)  # fmt: skip
OTHER_SENTENCES = (
    "South Korea's exports rose 18.0% in January. ", "Chinese imports of cars fell. ", "Those of Germany gained 4%. ",
    "In Vietnam, imports fell 8.1%. ", "Germany posted a trade surplus of 22 billion euros. ",
    "Taiwan's chip exports jumped 11.8%. ",
)  # fmt: skip
FLOW_WITH_PARTNER = re.compile(r"\b(exports|imports|shipments)\b( (to|from) [A-Z][\w.]+)?")


def distracted_texts(text: str) -> Iterator[str]:
    """Yield a sentence with synonyms, and with clauses and sentences on another country."""
    for old, new in REPLACEMENTS:
        changed = re.sub(rf"\b{re.escape(old)}\b", new, text, count=1)
        if changed != text:
            yield changed
    has_end = text.endswith((".", "!", "?"))
    yield from (clause + text for clause in FIRST_CLAUSES)
    yield from (text[:-1] + clause + text[-1] for clause in LAST_CLAUSES if has_end)
    match = FLOW_WITH_PARTNER.search(text)
    if match is not None:
        yield from (text[: match.end()] + clause + text[match.end() :] for clause in INSERTIONS)
    gap = " " if has_end else "\n\n"
    for sentence in OTHER_SENTENCES:
        yield from (sentence + text, text + gap + sentence)


def contradicted_distractions(
    sentences: Iterable[dict[str, Any]], check: Check, *, step: int
) -> tuple[int, list[tuple[str, str]]]:
    """Return the number of checked texts, and each falsely contradicted number with its text.

    Every `step`-th changed text is checked.
    """
    texts = [
        (text, [label["quote"] for label in sentence["claims"] if label["verdict"] == "contradicted"])
        for sentence in sentences
        for text in distracted_texts(sentence["text"])
    ][::step]
    failures = [
        (row["span"]["quote"], text)
        for text, wrong_quotes in texts
        for row in check(text, PUBLISHED)
        if row["verdict"] == "contradicted" and row["span"]["quote"] not in wrong_quotes
    ]
    return len(texts), failures


def test_no_distraction_contradicts_a_number(demo):
    def check(text, published):
        return demo.post("/v1/checks", json={"text": text, "published": published, "omitted": False}).json["data"]

    sentences = [*load_sentences(is_test_part=False), *load_sentences(is_test_part=True)]

    count, failures = contradicted_distractions(sentences, check, step=STEP)
    print(f"{count:,} changed texts")

    assert count > 300
    assert failures == []
