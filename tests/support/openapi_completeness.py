"""Missing parts of an OpenAPI document: names, summaries, units, the meaning of null, examples, errors."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from openapi_schema_validator import OAS31Validator

COMMON_STATUS_CODES = ("400", "414", "429", "431", "500")
UNITS_BY_SUFFIX = {"_pct": "percent", "_pp": "points", "_kg": "kilograms"}
"""What the description of a number says whose name ends so."""


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return each path with its operation."""
    return [
        (path, item[method]) for path, item in document["paths"].items() for method in ("get", "post") if method in item
    ]


def operation_parameters(document: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """Return the parameters of the operation at `path`, including those in the path."""
    item = document["paths"][path]
    return [*item.get("parameters", []), *(item.get("get") or item["post"]).get("parameters", [])]


def parameter_examples(parameter: dict[str, Any]) -> list[Any]:
    """Return the examples of a parameter; the first is that of a first request."""
    return [parameter["example"]] if "example" in parameter else parameter["schema"].get("examples", [])


def missing_parts(document: dict[str, Any]) -> list[str]:
    """Return a line for each missing part of a document."""
    return [
        *_missing_in_document(document),
        *(
            line
            for path, operation in operations(document)
            for line in _missing_in_operation(document, path, operation)
        ),
        *(line for name in document["components"]["schemas"] for line in _missing_in_schema(document, name)),
        *(
            f"header {name}: {part}"
            for name, header in document["components"]["headers"].items()
            for part in ("description", "example", "schema")
            if not header.get(part)
        ),
    ]


def _missing_in_document(document: dict[str, Any]) -> Iterator[str]:
    yield from (f"info: {part}" for part in ("description", "contact", "license") if not document["info"].get(part))
    described = {tag["name"] for tag in document["tags"] if tag.get("description")}
    used = {tag for _, operation in operations(document) for tag in operation.get("tags", [])}
    yield from (f"tag {tag}: described and used" for tag in described ^ used)
    names = [operation.get("operationId") for _, operation in operations(document)]
    yield from (f"operationId {name}: unique" for name in set(names) if names.count(name) > 1)
    yield from (f"enumeration {', '.join(members)}: a name" for members in _unnamed_enums(document))


def _unnamed_enums(document: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return the enumerations of several members that more than one schema or operation repeats."""
    spelt = [
        {tuple(field.get("enum", ())) for field in schema.get("properties", {}).values()}
        for schema in document["components"]["schemas"].values()
    ]
    spelt += [
        {tuple(parameter["schema"].get("enum", ())) for parameter in operation_parameters(document, path)}
        for path in document["paths"]
    ]
    counted = Counter(members for place in spelt for members in place if len(members) > 1)
    return {members for members, places in counted.items() if places > 1}


def _missing_in_operation(document: dict[str, Any], path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield from (
        f"{path}: {part}" for part in ("operationId", "summary", "description", "tags") if not operation.get(part)
    )
    for parameter in operation_parameters(document, path):
        name = parameter["name"]
        if not parameter.get("description"):
            yield f"{path} {name}: description"
        if not parameter_examples(parameter):
            yield f"{path} {name}: example"
        yield from (
            f"{path} {name}: example {example} is of its kind"
            for example in parameter_examples(parameter)
            if not _is_valid_example(document, example, parameter["schema"])
        )
    yield from (
        f"{path}: response {status}" for status in ("200", *COMMON_STATUS_CODES) if status not in operation["responses"]
    )
    for status, response in operation["responses"].items():
        yield from (f"{path} {status}: {line}" for line in _missing_in_response(document, status, response))


def _missing_in_response(document: dict[str, Any], status: str, response: dict[str, Any]) -> Iterator[str]:
    response = _resolve_reference(document, response)
    yield from (part for part in ("description", "headers") if not response.get(part))
    if status >= "400":
        content = response["content"]
        if list(content) != ["application/problem+json"]:
            yield "problem details alone"
        yield from ("example problem" for media in content.values() if not media.get("examples"))


def _missing_in_schema(document: dict[str, Any], name: str) -> Iterator[str]:
    for field, schema in document["components"]["schemas"][name].get("properties", {}).items():
        yield from (f"{name}.{field}: {line}" for line in _missing_in_field(document, field, schema))


def _missing_in_field(document: dict[str, Any], field: str, schema: dict[str, Any]) -> Iterator[str]:
    description, kinds = schema.get("description", ""), {*_kind_list(schema.get("type", ()))}
    kinds.update(*(_kind_list(each.get("type", ())) for each in schema.get("anyOf", ())))
    if not description:
        yield "description"
    if ("null" in kinds) != ("null" in description.lower()):
        yield "the meaning of null, where it may be null"
    yield from (
        f"the unit, {unit}"
        for ending, unit in UNITS_BY_SUFFIX.items()
        if field.endswith(ending) and unit not in description.lower()
    )
    if schema.get("format") == "int64" and "currency`" not in description:
        yield "the unit, `currency`"
    if "$ref" not in schema and "example" not in schema:
        yield "example"
    elif "$ref" not in schema and not _is_valid_example(document, schema["example"], schema):
        yield "an example of its kind"


def _kind_list(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _is_valid_example(document: dict[str, Any], example: Any, schema: dict[str, Any]) -> bool:
    resolved = {**schema, "components": document["components"]}
    return OAS31Validator(resolved).is_valid(example)


def _resolve_reference(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the target of a reference."""
    if "$ref" not in schema:
        return schema
    followed: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        followed = followed[part]
    return dict(followed)
