"""Scores on the labelled corpus: no number is called contradicted that is not, and few are left unjudged.

MUTATION_STEP=4 changes every fourth sentence in each of its facts, which keeps the test short; that is the default.
"""

import json
import os
from functools import cache

import pytest

from tests.support.check_scores import (
    LABEL_DIMENSIONS,
    holding_mutations,
    load_sentences,
    score_table,
    scores_by_style,
    verdict_table,
)

MIN_SPAN_RECALL, MIN_SPAN_PRECISION, MIN_EXACT_SHARE, MAX_ABSTENTION_SHARE = 0.95, 0.98, 0.95, 0.1
HELD_OUT_TOLERANCE = 0.05
MUTATION_STEP = int(os.environ.get("MUTATION_STEP", "4"))
HOSTILE_TEXTS = {
    "long digits": "Exports rose " + "9" * 19_000 + " percent.",
    "nested brackets": "(" * 9_000 + "exports rose 5 percent" + ")" * 9_000,
    "many numbers": "5 % " * 5_000,
    "many claims": "Japan's exports to China rose 29.2 percent in January 2024. " * 330,
    "no spaces": "exports" * 2_900,
    "commas": "Japan's exports, " * 1_100,
    "signs": "+-" * 10_000,
    "list of digits": "1," * 10_000,
    "one sentence": "Japan's exports rose " * 900,
}


@pytest.fixture(scope="module")
def check(demo):
    @cache
    def check_text(text, published):
        return demo.post("/v1/checks", json={"text": text, "published": published, "omitted": False}).json["data"]

    return check_text


@pytest.mark.parametrize(("is_held_out", "tolerance"), [(False, 0), (True, HELD_OUT_TOLERANCE)])
def test_the_scores_meet_their_bounds(check, is_held_out, tolerance):
    scores = scores_by_style(list(load_sentences(is_test_part=is_held_out)), check)
    score, ratios = scores["all"], scores["all"].ratios()
    print(score_table(scores), verdict_table(score), *score.differences, sep="\n\n")

    assert score.false_contradictions == []
    assert ratios["span recall"] >= MIN_SPAN_RECALL - tolerance
    assert ratios["span precision"] >= MIN_SPAN_PRECISION - tolerance
    assert {name: ratios[name] for name in LABEL_DIMENSIONS if ratios[name] < MIN_EXACT_SHARE - tolerance} == {}
    assert ratios["abstained without need"] <= MAX_ABSTENTION_SHARE + tolerance


@pytest.mark.large
def test_no_changed_fact_still_holds(check):
    sentences = [*load_sentences(is_test_part=False), *load_sentences(is_test_part=True)][::MUTATION_STEP]

    count, failures = holding_mutations(sentences, check)
    print(f"{count:,} changed texts")

    assert count > 100
    assert failures == []


def test_the_corpus_has_150_sentences_in_four_styles():
    sentences = [*load_sentences(is_test_part=False), *load_sentences(is_test_part=True)]

    assert len(sentences) >= 150
    assert {sentence["style"] for sentence in sentences} == {"agency", "ministry", "newspaper", "newsletter"}
    assert len({sentence["id"] for sentence in sentences}) == len(sentences)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_a_hostile_text_is_answered(demo, text):
    response = demo.post("/v1/checks", json={"text": text, "published": "2024-02-29"})

    assert response.status_code == 200
    assert response.json["meta"]["count"] <= 200
    json.loads(response.text)
