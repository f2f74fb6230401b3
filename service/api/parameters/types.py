"""The kinds of parameter that requests have; each says what would have been right.

A field's error is a mapping with `reason` and `suggestions`, which api/problems.py puts into the answer.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from service.domain.periods import NotAPeriodError, parse_period, parse_ranges
from service.domain.suggestions import nearest

LONGEST = 4000
"""Characters that one parameter may have; far more than any list of codes that the service would answer."""


def wrong(reason: str, *suggestions: str) -> ValidationError:
    """Return the error of a value that is not right for `reason`."""
    return ValidationError([{"reason": reason, "suggestions": list(suggestions)}])


class Text(fields.String):
    """Text without control characters, at most 4,000 characters long.

    `FORM` is what the description says of the form of the text.
    """

    FORM: ClassVar[dict[str, Any]] = {"minLength": 1, "maxLength": LONGEST}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=self.FORM | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            raise wrong("it is empty; leave the parameter out, or give it a value")
        if len(text) > LONGEST:
            raise wrong(f"it is longer than {LONGEST} characters")
        if any(ord(character) < 32 for character in text):
            raise wrong("it holds a control character")
        return text.strip()


class Choice(Text):
    """One of a few words, in upper or lower case."""

    FORM: ClassVar[dict[str, Any]] = {}

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        metadata = {"enum": list(choices)} | kwargs.pop("metadata", {})
        super().__init__(metadata=metadata, **kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return chosen(super()._deserialize(value, attr, data, **kwargs), self.choices)


def chosen(word: str, choices: Sequence[str]) -> str:
    """Return the one of `choices` that `word` is but for its case.

    :raises ValidationError: it is none of them.
    """
    for choice in choices:
        if choice.lower() == word.lower():
            return choice
    raise wrong(f"it should be one of {', '.join(choices)}", *(nearest(word, choices) or choices[:5]))


class Words(Text):
    """A comma separated list of words, without repetitions, each one of `choices` where there are any."""

    def __init__(self, choices: Sequence[str] | None = None, **kwargs: Any) -> None:
        default = kwargs.get("load_default")
        metadata = {"default": ",".join(default)} if isinstance(default, tuple) else {}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        words = [word.strip() for word in text.split(",")]
        if not all(words):
            raise wrong("there is an empty place between its commas", ",".join(word for word in words if word))
        if self.choices is not None:
            words = [chosen(word, self.choices) for word in words]
        return tuple(dict.fromkeys(words))


class Levels(Words):
    """A comma separated list of levels of a classification."""

    FORM: ClassVar[dict[str, Any]] = {"pattern": "^[0-9]{1,2}(,[0-9]{1,2})*$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        words = super()._deserialize(value, attr, data, **kwargs)
        return tuple(whole_number(word, lowest=0, highest=12) for word in words)


class Whole(Text):
    """A whole number within bounds."""

    FORM: ClassVar[dict[str, Any]] = {"type": "integer"}

    def __init__(self, *, lowest: int, highest: int, **kwargs: Any) -> None:
        form = {"minimum": lowest, "maximum": highest}
        if "load_default" in kwargs:
            form["default"] = kwargs["load_default"]
        super().__init__(metadata=form | kwargs.pop("metadata", {}), **kwargs)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return whole_number(text, lowest=self.lowest, highest=self.highest)


def whole_number(text: str, *, lowest: int, highest: int) -> int:
    """Return the number that `text` names.

    :raises ValidationError: it is no whole number from `lowest` to `highest`.
    """
    if text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest:
        return int(text)
    raise wrong(f"it should be a whole number from {lowest} to {highest}")


class Flag(Text):
    """`true` or `false`."""

    FORM: ClassVar[dict[str, Any]] = {"type": "boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return chosen(super()._deserialize(value, attr, data, **kwargs), ("true", "false")) == "true"


class Day(Text):
    """A calendar day, 2024-02-21."""

    FORM: ClassVar[dict[str, Any]] = {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            if len(text) == len("2024-02-21"):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise wrong("it should be a day that exists, written 2024-02-21")


class RateBasis(Day):
    """`average`, `end`, or a day: at which rate values are converted."""

    FORM: ClassVar[dict[str, Any]] = {"pattern": "^(average|end|[0-9]{4}-[0-9]{2}-[0-9]{2})$"}
    CHOICES: ClassVar[tuple[str, ...]] = ("average", "end")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if str(value).strip().lower() in self.CHOICES:
            return str(value).strip().lower()
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            reason = "it should be average, end, or a day that exists, written 2024-02-21"
            raise wrong(reason, *(nearest(str(value), self.CHOICES) or self.CHOICES)) from error


class Month(Text):
    """A calendar month, 2024-01, as year * 12 + month - 1."""

    FORM: ClassVar[dict[str, Any]] = {"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            period = parse_period(text)
        except NotAPeriodError as error:
            raise wrong(str(error), *([error.suggestion] if error.suggestion else [])) from error
        if period.months != 1:
            raise wrong("it should be a month, written 2024-01")
        return period.first


class Periods(Text):
    """A comma separated list of periods and inclusive ranges of periods."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return parse_ranges(text)
        except NotAPeriodError as error:
            raise wrong(str(error), *([error.suggestion] if error.suggestion else [])) from error
