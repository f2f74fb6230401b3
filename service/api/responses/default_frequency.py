"""The default of the parameter `frequency`: the finest frequency that is loaded."""

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.dataset_selection import default_frequency


def add_default_frequency(context: Context, request: DataRequest) -> DataRequest:
    """Return the request with a frequency, if it is one for figures of a reporter and names none."""
    parameters = request.parameters
    if parameters.get("frequency", "") is not None or not parameters.get("reporter"):
        return request
    return request.replace_parameters(frequency=default_frequency(context.session, context.reference, parameters))


def explicit_frequency(request: DataRequest) -> str | None:
    """Return the frequency for further requests on the same reporter: the named one, or a default other than months.

    Null means months, which are the default of every request where they are loaded.
    """
    default: str = request.parameters["frequency"]
    return request.query.get("frequency") or (default if default != "M" else None)
