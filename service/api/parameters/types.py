"""Types of query parameters. Their error messages say which values would be valid.

An error is a mapping with `reason` and `suggestions`, as in a problem response.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from service.domain.area_names import split_area_list
from service.domain.periods import InvalidPeriodError, parse_period, parse_ranges
from service.domain.suggestions import closest_words

MAX_PARAMETER_CHARACTERS = 4000
"""Characters of one parameter; more than any valid list of codes has."""


def invalid_value(reason: str, *suggestions: str, **member: str) -> ValidationError:
    """Return the error for an invalid value: the reason, and suggestions for a valid value.

    The keyword `value` is the invalid member of a list; without it, the whole value is invalid.
    """
    return ValidationError([{"reason": reason, "suggestions": list(suggestions)} | member])


class Text(fields.String):
    """Text without control characters, at most 4,000 characters long.

    `OPENAPI_SCHEMA` has the keywords by which the OpenAPI document describes values of the type.
    """

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"minLength": 1, "maxLength": MAX_PARAMETER_CHARACTERS}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=self.OPENAPI_SCHEMA | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            raise invalid_value("it is empty; leave the parameter out, or give it a value")
        if len(text) > MAX_PARAMETER_CHARACTERS:
            raise invalid_value(f"it is longer than {MAX_PARAMETER_CHARACTERS} characters")
        if min(text) < " ":
            raise invalid_value("it contains a control character")
        return text.strip()


class Choice(Text):
    """One of a few words; upper and lower case are equivalent."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {}

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        metadata = {"enum": list(choices)} | kwargs.pop("metadata", {})
        super().__init__(metadata=metadata, **kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return match_choice(super()._deserialize(value, attr, data, **kwargs), self.choices)


def match_choice(value: str, choices: Sequence[str]) -> str:
    """Return the one of `choices` that equals `value`, ignoring upper and lower case.

    :raises ValidationError: no choice equals the value.
    """
    for choice in choices:
        if choice.lower() == value.lower():
            return choice
    raise invalid_value(f"it should be one of {', '.join(choices)}", *closest_words(value, choices), value=value)


class CommaSeparated(Text):
    """A comma separated list of words; repeated words count once.

    If `choices` is not null, each word must be one of them, or a key of `synonyms`, which maps further words in lower
    case to choices.
    """

    def __init__(
        self, choices: Sequence[str] | None = None, *, synonyms: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        default = kwargs.get("load_default")
        metadata = {"default": ",".join(default)} if isinstance(default, tuple) and default else {}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)
        self.choices = choices
        self.synonyms = synonyms or {}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        words = self._split(text)
        if not all(words):
            raise invalid_value("the list has an empty member", ",".join(word for word in words if word))
        if self.choices is not None:
            words = self._match_choices(words, self.choices)
        return tuple(dict.fromkeys(words))

    def _split(self, text: str) -> list[str]:
        return [word.strip() for word in text.split(",")]

    def _match_choices(self, words: Sequence[str], choices: Sequence[str]) -> list[str]:
        """Return the choice that each word means.

        :raises ValidationError: some of them mean none; it has the errors of each.
        """
        matches: list[str] = []
        messages: list[Any] = []
        for word in words:
            try:
                matches.append(match_choice(self.synonyms.get(word.lower(), word), choices))
            except ValidationError as error:
                messages.extend(error.messages)
        if messages:
            raise ValidationError(messages)
        return matches


class AreaList(CommaSeparated):
    """A comma separated list of areas, by code or name.

    A known name that contains a comma, such as `Korea, Republic of`, counts as one area.
    """

    def _split(self, text: str) -> list[str]:
        return split_area_list(text)


class Levels(CommaSeparated):
    """A comma separated list of levels of a classification."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"pattern": "^[0-9]{1,2}(,[0-9]{1,2})*$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        words = super()._deserialize(value, attr, data, **kwargs)
        return tuple(parse_bounded_integer(word, min_value=0, max_value=12) for word in words)


class BoundedInteger(Text):
    """A whole number within bounds."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"type": "integer"}

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        schema_keywords = {"minimum": min_value, "maximum": max_value}
        if "load_default" in kwargs:
            schema_keywords["default"] = kwargs["load_default"]
        super().__init__(metadata=schema_keywords | kwargs.pop("metadata", {}), **kwargs)
        self.min_value, self.max_value = min_value, max_value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return parse_bounded_integer(text, min_value=self.min_value, max_value=self.max_value)


def parse_bounded_integer(text: str, *, min_value: int, max_value: int) -> int:
    """Return the integer that `text` represents.

    :raises ValidationError: it is not an integer from `min_value` to `max_value`.
    """
    if text.isascii() and text.isdigit() and len(text) < 10 and min_value <= int(text) <= max_value:
        return int(text)
    raise invalid_value(f"it should be a whole number from {min_value} to {max_value}")


class JsonBoolean(fields.Boolean):
    """`true` or `false` in a JSON body; neither a number nor a text is accepted."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002 # marshmallow's signature
        if not isinstance(value, bool):
            raise invalid_value("it should be true or false, without quotes")
        return value


class Boolean(Text):
    """`true` or `false`."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"type": "boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return match_choice(super()._deserialize(value, attr, data, **kwargs), ("true", "false")) == "true"


class CalendarDate(Text):
    """A calendar day, such as 2024-02-21."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            if len(text) == len("2024-02-21"):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise invalid_value("it should be a calendar day, written 2024-02-21")


class RateBasis(CalendarDate):
    """The exchange rate of a conversion: `average` or `end` of the period, or a day, such as 2024-02-21."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"pattern": "^(average|end|[0-9]{4}-[0-9]{2}-[0-9]{2})$"}
    CHOICES: ClassVar[tuple[str, ...]] = ("average", "end")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if str(value).strip().lower() in self.CHOICES:
            return str(value).strip().lower()
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            reason = "it should be average, end, or a calendar day, written 2024-02-21"
            raise invalid_value(reason, *closest_words(str(value), self.CHOICES)) from error


class Month(Text):
    """A calendar month, such as 2024-01, whose typed value is the integer year * 12 + month - 1."""

    OPENAPI_SCHEMA: ClassVar[dict[str, Any]] = {"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            period = parse_period(text)
        except InvalidPeriodError as error:
            raise invalid_value(str(error), *([error.suggestion] if error.suggestion else [])) from error
        if period.months != 1:
            raise invalid_value("it should be a month, written 2024-01")
        return period.first_month


class Periods(Text):
    """A comma separated list of periods and inclusive ranges of periods, such as `2023-01..2023-06,2024-01`.

    Fiscal years such as `FY2023` are errors, unless `accepts_fiscal_years` is true.
    """

    def __init__(self, *, accepts_fiscal_years: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.accepts_fiscal_years = accepts_fiscal_years

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return parse_ranges(text, accepts_fiscal_years=self.accepts_fiscal_years)
        except InvalidPeriodError as error:
            raise invalid_value(str(error), *([error.suggestion] if error.suggestion else [])) from error
