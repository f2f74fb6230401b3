"""Names of exported files, made of the words of the request, such as jpn-chn-exports-2024-01."""

import re

from flask import request

from service.api.parameters.strict_parser import joined_arguments

MAX_NAME_CHARACTERS = 100
FLOW_WORDS = {"x": "exports", "m": "imports", "x,m": "trade", "m,x": "trade"}
UNNAMED_RESOURCES = ("flows", "series")
TOTAL_CODES = ("total",)
_UNSAFE_CHARACTERS = re.compile(r"[^a-z0-9]+", re.ASCII)


def file_name() -> str:
    """Return the file name, without extension, for the response to the current request: `jpn-chn-exports-2024-01`.

    It consists of the reporter, the resource with the other parts of its path, the partner, flow, commodity, period and
    currency, as far as the request has them. The resources `flows` and `series` are left out if there is a reporter,
    and the commodity `TOTAL` always.
    """
    arguments = {name: text.lower() for name, text in joined_arguments(request.args).items()}
    resource, *path_words = [part.lower() for part in request.path.split("/")[2:]] or ["tradeflows"]
    flow = arguments.get("flow", "")
    commodity = arguments.get("commodity", "")
    words = [
        arguments.get("reporter", ""),
        "" if resource in UNNAMED_RESOURCES and "reporter" in arguments else resource,
        *path_words,
        arguments.get("partner", ""),
        FLOW_WORDS.get(flow, flow),
        "" if commodity in TOTAL_CODES else commodity,
        arguments.get("period", ""),
        arguments.get("currency", ""),
    ]
    name = "-".join(part for word in words if (part := _UNSAFE_CHARACTERS.sub("-", word).strip("-")))
    return name[:MAX_NAME_CHARACTERS].strip("-") or "tradeflows"
