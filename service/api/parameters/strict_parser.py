"""Strict parsing of query parameters: refuses unknown ones and repeated single values, and reports all errors at once.

Typed values are cached by text, so that marshmallow need not parse them again: most requests repeat earlier values.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn, cast

from flask import g, request
from marshmallow import RAISE, Schema, ValidationError, missing
from marshmallow.fields import Field
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from service.api.parameters.names import suggest_parameters
from service.api.parameters.types import CommaSeparated, Periods
from service.errors import InvalidRequest, ParameterError

MAX_JSON_BODY_BYTES = 128 * 1024
MAX_REPEATED_CHARACTERS = 100
"""Characters of an invalid value that a message repeats."""
MAX_CACHED_CHARACTERS = 200
"""Characters of a value that is cached."""
MAX_CACHED_VALUES = 10_000

UNKNOWN_REASON = "there is no such parameter"
LIST_TYPES = (CommaSeparated, Periods)
"""Types of parameters that take a comma separated list."""


class StrictParser(FlaskParser):
    """A parser of request parameters that records all errors of a request instead of stopping at the first one.

    An unknown parameter is an error, and so is a repeated parameter that takes one value. If a parameter that takes a
    list is repeated, its values form one list. The view is called even if there are errors, with the valid parameters
    and the defaults. `respond` then checks these against the data, and refuses the request with the errors of both
    steps.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE}

    def parse(self, argmap: Any, req: Any = None, **kwargs: Any) -> Any:
        """Return the typed parameters of a request, from cached values where possible."""
        if not (isinstance(argmap, Schema) and kwargs.get("location") == "query"):
            return super().parse(argmap, req, **kwargs)
        if len(list(request.args.items(multi=True))) != len(request.args):
            return _load_valid_parameters(argmap, request.args)
        parameters = parse_cached(argmap, request.args.items())
        return _load_valid_parameters(argmap, request.args) if parameters is None else parameters

    def load_json(self, req: Any, schema: Schema) -> Any:  # noqa: ARG002 - a parameter of the interface
        """Return the JSON body of a request.

        :raises UnsupportedMediaType: the request does not declare its body as JSON.
        :raises InvalidRequest: the body is not a JSON object.
        """
        req.max_content_length = MAX_JSON_BODY_BYTES
        try:
            body = req.get_json()
        except RecursionError as error:
            raise InvalidRequest(ParameterError("body", "", "its brackets are nested too deeply")) from error
        if not isinstance(body, dict):
            raise InvalidRequest(ParameterError("body", "", "it should be an object in JSON"))
        return body

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_kwargs: Any) -> NoReturn:
        """Raise the errors of marshmallow as an invalid request."""
        raise invalid_request(next(iter(error.messages_dict.values())), schema, _body_texts(req)) from error


def _body_texts(req: Any) -> dict[str, str]:
    """Return the members of a body as text; those that are too long to be repeated in a message are left out."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in req.get_json().items()}
    return {name: text for name, text in texts.items() if len(text) <= MAX_REPEATED_CHARACTERS}


def pop_parameter_errors() -> Sequence[ParameterError]:
    """Return the parameter errors that the parser recorded for the current request, and delete the record."""
    errors: Sequence[ParameterError] = g.pop("parameter_errors", ())
    return errors


def _load_valid_parameters(schema: Schema, arguments: MultiDict[str, str]) -> dict[str, Any]:
    """Return the typed values of the valid parameters, with defaults for the others, and note all errors."""
    errors = _repetition_errors(schema, arguments)
    try:
        parameters: dict[str, Any] = schema.load(joined_arguments(arguments), unknown=RAISE)
    except ValidationError as error:
        errors.extend(invalid_request(error.messages_dict, schema, joined_arguments(arguments)).parameter_errors)
        parameters = _defaults(schema) | cast("dict[str, Any]", error.valid_data)
    if errors:
        g.parameter_errors = tuple(errors)
    return parameters


def joined_arguments(arguments: MultiDict[str, str]) -> dict[str, str]:
    """Return the query parameters by name; the values of a repeated parameter become one comma separated list."""
    return dict(zip(arguments, map(",".join, arguments.listvalues()), strict=True))


def _repetition_errors(schema: Schema, arguments: MultiDict[str, str]) -> list[ParameterError]:
    list_names = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, LIST_TYPES)}
    errors = []
    for name, values in arguments.lists():
        if len(values) > 1 and name not in list_names:
            errors.append(ParameterError(name, ",".join(values), "it is repeated; send it once"))
    return errors


def _defaults(schema: Schema) -> dict[str, Any]:
    return {
        field.attribute or name: field.load_default
        for name, field in schema.load_fields.items()
        if field.load_default is not missing
    }


def load_parameters(schema: Schema, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return the typed values of query parameters that do not come from an HTTP request.

    :raises InvalidRequest: a parameter is unknown or does not fit the schema.
    """
    cached = parse_cached(schema, arguments.items())
    if cached is not None:
        return cached
    try:
        parameters: dict[str, Any] = schema.load(arguments, unknown=RAISE)
    except ValidationError as error:
        raise invalid_request(error.messages_dict, schema, arguments) from error
    return parameters


def invalid_request(messages: Mapping[str, Any], schema: Schema, arguments: Mapping[str, str]) -> InvalidRequest:
    """Return the exception for the validation errors of marshmallow.

    `messages` has the error messages of marshmallow by parameter name, and `arguments` has the text of each requested
    parameter.
    """
    return InvalidRequest(
        *(
            _parameter_error(name, arguments.get(name, ""), message, schema)
            for name, errors in messages.items()
            for message in (errors if isinstance(errors, list) else [errors])
        )
    )


def _parameter_error(name: str, value: str, message: Any, schema: Schema) -> ParameterError:
    if isinstance(message, dict):
        return ParameterError(name, message.get("value", value), message["reason"], message["suggestions"])
    schema_fields = {field.data_key or attribute: field for attribute, field in schema.fields.items()}
    if name not in schema_fields:
        suggestions = suggest_parameters(name, schema_fields)
        valid_names = "" if suggestions else f"; the parameters are {', '.join(sorted(schema_fields)) or 'none'}"
        return ParameterError(name, value, f"{UNKNOWN_REASON}{valid_names}", suggestions)
    if message == "Missing data for required field.":
        example = schema_fields[name].metadata.get("example")
        return ParameterError(name, value, f"it is required{f'; an example is {example}' if example else ''}")
    reason = str(message).rstrip(".")
    return ParameterError(name, value, f"{reason}: {value}" if value else reason)


class _Parameters(NamedTuple):
    """The parameters of a schema: fields and attribute names by parameter name, defaults, and required names."""

    fields: Mapping[str, tuple[str, Field]]  # type: ignore[type-arg] # fields of any kind
    defaults: Mapping[str, Any]
    required: frozenset[str]


def parse_cached(schema: Schema, arguments: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """Return the typed values of parameters, none of which is repeated, by means of a cache of typed values.

    The result is null if a parameter is invalid, missing or too long for the cache, or if `schema` has hooks; `schema`
    itself then has to load the parameters.

    ASSUMPTION: the value of a field depends on nothing but its text, and typed values are never modified.
    """
    parameters = _schema_parameters(schema)
    values: dict[str, Any] = dict(parameters.defaults)
    names = set()
    for name, text in arguments:
        if name not in parameters.fields or len(text) > MAX_CACHED_CHARACTERS:
            return None
        try:
            values[parameters.fields[name][0]] = _parse_value(schema, name, text)
        except ValidationError:
            return None
        names.add(name)
    return values if parameters.required <= names else None


@lru_cache(maxsize=MAX_CACHED_VALUES)
def _parse_value(schema: Schema, name: str, text: str) -> Any:
    return _schema_parameters(schema).fields[name][1].deserialize(text, name, {name: text})


@lru_cache(maxsize=256)
def _schema_parameters(schema: Schema) -> _Parameters:
    fields = {
        field.data_key or name: (field.attribute or name, field)
        for name, field in schema.load_fields.items()
        if not any(schema._hooks.values())  # hooks depend on several values: such a schema is not cached
    }
    defaults = {
        attribute: field.load_default for attribute, field in fields.values() if field.load_default is not missing
    }
    return _Parameters(fields, defaults, frozenset(name for name, (_, field) in fields.items() if field.required))
