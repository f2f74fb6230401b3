"""Problems as pages for browsers: the text of the problem details, with links to the likely intended request."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.datastructures import MIMEAccept

from service.api.problems.path_suggestions import PATH
from service.api.problems.types import MAX_VALUE_CHARACTERS, PROBLEM_CONTENT_TYPE
from service.errors import ParameterError

HTML = "text/html"
JSON_TYPES = (PROBLEM_CONTENT_TYPE, "application/json")


def prefers_html(accepted: MIMEAccept) -> bool:
    """Return whether a client that accepts some media types prefers an HTML page, as browsers do."""
    return bool(accepted) and accepted[HTML] > max(accepted[media_type] for media_type in JSON_TYPES)


def problem_page(body: Mapping[str, Any], parameter_errors: Sequence[ParameterError]) -> str:
    """Return the HTML page for problem details (`body`) and the errors of parameters."""
    faults = [
        {
            "parameter": error.parameter,
            "value": error.value[:MAX_VALUE_CHARACTERS],
            "reason": error.reason.rstrip("."),
            "links": [(suggestion, _suggestion_url(error, suggestion)) for suggestion in error.suggestions],
        }
        for error in parameter_errors
    ]
    return render_template("problem.html", page_title=body["title"], problem=body, faults=faults)


def _suggestion_url(error: ParameterError, suggestion: str) -> str:
    """Return the URL of the request with the suggestion in place of the invalid value, or of the unknown name."""
    if error.parameter == PATH:
        return suggestion
    path, query = request.path, request.args.to_dict()
    if error.value in (request.view_args or {}).values():
        path = "/".join(suggestion if part == error.value else part for part in path.split("/"))
    elif error.reason.startswith("there is no such parameter"):
        query = {suggestion if name == error.parameter else name: value for name, value in query.items()}
    else:
        members = query.get(error.parameter, "").split(",")
        replaced_members = [suggestion if member.strip() == error.value else member for member in members]
        query[error.parameter] = ",".join(replaced_members) if replaced_members != members else suggestion
    return f"{path}?{urlencode(query, safe=',.:')}" if query else path
