"""Tokens and sentences of a text. Every expression here takes time proportional to the length of the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|[A-Z]\d(?!\w)|[A-Z]{2,3}\$|(?<!\d,)\d+,\d{1,2}(?![\d,])|\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+n['\u2019]t(?!\w)|[^\W\d_]+|['\u2019]s(?!\w)|\S",
)
SENTENCE_ENDS = frozenset(".!?")
ABBREVIATIONS = frozenset(
    (
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "no",
        "vs",
        "approx",
        "st",
        "bn",
    )
)
SENTENCE_OPENERS = frozenset(
    (
        *("the", "in", "imports", "exports", "it", "its", "that", "this", "a", "an", "on", "total", "to", "from"),
        *("those", "shipments", "but", "and", "however", "meanwhile", "with", "japan"),
    )
)
"""Words that begin a sentence behind an abbreviation such as `U.S.`."""
BULLETS = frozenset("-*•\u2013")
HYPHENS = frozenset("-\u2010\u2011")


@dataclass(frozen=True)
class Token:
    """A word, number or symbol, with the positions of its first character and of the one behind its last."""

    text: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Return whether the token is a number."""
        return self.text[0].isdigit()


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text in order."""
    return [Token(match.group().replace("\u2019", "'"), match.start(), match.end()) for match in TOKEN.finditer(text)]


def split_sentences(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of each sentence. An empty line, and a line that begins with a bullet, begin a sentence."""
    tokens = tokenize(text)
    sentence: list[Token] = []
    for position, token in enumerate(tokens):
        sentence.append(token)
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if following is None or _ends_sentence(text, tokens, position, following):
            yield sentence
            sentence = []


def _ends_sentence(text: str, tokens: Sequence[Token], position: int, following: Token) -> bool:
    token, gap = tokens[position], text[tokens[position].end : following.start]
    if gap.count("\n") > 1 or ("\n" in gap and following.text in BULLETS):
        return True
    if not gap:
        return False
    if token.text in SENTENCE_ENDS:
        previous = tokens[position - 1] if position else token
        is_abbreviation = token.text == "." and previous.end == token.start and previous.text.lower() in ABBREVIATIONS
        if is_abbreviation:
            return _opens_sentence(following)
        return not following.text[0].islower()
    return token.text.endswith(".") and _opens_sentence(following)


def _opens_sentence(token: Token) -> bool:
    """Return whether a word behind an abbreviation begins a sentence, as in `up 5 % in Jan. Imports fell`."""
    return token.text[0].isupper() and token.text.lower() in SENTENCE_OPENERS
