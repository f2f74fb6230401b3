"""Strict parsing of query parameters: unknown and repeated ones are refused, and all errors are reported."""

from collections.abc import Mapping
from typing import Any, NoReturn

from flask import request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from service.api.parameters.names import suggest_parameters
from service.api.parameters.parse_cache import parse_cached
from service.errors import InvalidRequest, ParameterError

MAX_JSON_BODY_BYTES = 128 * 1024


class StrictParser(FlaskParser):
    """A parser that refuses unknown parameters and suggests similar ones."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE}

    def parse(self, argmap: Any, req: Any = None, **kwargs: Any) -> Any:
        """Return the typed parameters of the request, from cached values where possible."""
        parameters = None
        if isinstance(argmap, Schema) and kwargs.get("location") == "query":
            arguments = list(request.args.items(multi=True))
            parameters = parse_cached(argmap, arguments) if len(arguments) == len(request.args) else None
        return super().parse(argmap, req, **kwargs) if parameters is None else parameters

    def load_querystring(self, req: Any, schema: Schema) -> Any:
        """Return the query of a request.

        :raises InvalidRequest: a parameter is repeated.
        """
        repeated_names = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated_names:
            reason = "it is repeated; send it once, with a comma separated list where the parameter takes one"
            raise InvalidRequest(
                *(
                    ParameterError(name, ",".join(req.args.getlist(name)), reason, [",".join(req.args.getlist(name))])
                    for name in repeated_names
                )
            )
        return super().load_querystring(req, schema)

    def load_json(self, req: Any, schema: Schema) -> Any:  # noqa: ARG002 - a parameter of the interface
        """Return the body of a request.

        :raises UnsupportedMediaType: the body is not declared as JSON.
        :raises InvalidRequest: the body is no object in JSON.
        """
        req.max_content_length = MAX_JSON_BODY_BYTES
        body = req.get_json()
        if not isinstance(body, dict):
            raise InvalidRequest(ParameterError("body", "", "it should be an object in JSON"))
        return body

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_kwargs: Any) -> NoReturn:
        """Raise the errors of marshmallow as an invalid request."""
        location, messages = next(iter(error.messages_dict.items()))
        arguments = req.args if location == "query" else {}
        raise invalid_request(messages, schema, arguments) from error


def load_parameters(schema: Schema, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return the typed values of query parameters that do not come from an HTTP request.

    :raises InvalidRequest: one is unknown, or does not fit the schema.
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
    """Return the exception for error messages of marshmallow, which are by parameter name."""
    return InvalidRequest(
        *(_parameter_error(name, arguments.get(name, ""), errors, schema) for name, errors in messages.items())
    )


def _parameter_error(name: str, value: str, messages: Any, schema: Schema) -> ParameterError:
    message = messages[0] if isinstance(messages, list) else messages
    if isinstance(message, dict):
        return ParameterError(name, value, message["reason"], message["suggestions"])
    schema_fields = {field.data_key or attribute: field for attribute, field in schema.fields.items()}
    if name not in schema_fields:
        reason = f"there is no such parameter; the parameters are {', '.join(sorted(schema_fields))}"
        return ParameterError(name, value, reason, suggest_parameters(name, schema_fields))
    if message == "Missing data for required field.":
        example = schema_fields[name].metadata.get("example")
        return ParameterError(name, value, "it is required", [str(example)] if example else [])
    return ParameterError(name, value, str(message))
