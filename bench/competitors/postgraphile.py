"""PostGraphile on the functions of postgres_functions.sql, by GraphQL, from as many processes as the service has."""

import json
import shutil

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, Request, Row
from bench.competitors.postgrest import FUNCTIONS, function_arguments
from bench.environment import COMPETITORS_FOLDER, Environment

BIG_INTEGERS = {"value", "yoy_base", "yoy_change"}


class Postgraphile(Competitor):
    """PostGraphile."""

    name = "PostGraphile"
    export_formats = ("graphql",)

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        """Return the command; Node looks for packages beside the program, so the program is copied there."""
        program = shutil.copy(COMPETITORS_FOLDER / "postgraphile.mjs", environment.folder("tools"))
        return ["GRAPHILE_ENV=production", "node", str(program)]

    def request(self, query: Query, parameters: Parameters) -> Request:
        arguments = function_arguments(parameters)
        values = {camel_case(name): int(value) if name == "row_limit" else value for name, value in arguments.items()}
        declared = ", ".join(
            f"${name}: {'Int' if isinstance(value, int) else 'String'}!" for name, value in values.items()
        )
        passed = ", ".join(f"{name}: ${name}" for name in values)
        columns = " ".join(f"{column}: {camel_case(column)}" for column in query.columns)
        rows = f"rows: {camel_case(FUNCTIONS[query.name])}List({passed}) {{ {columns} }}"
        return Request("/graphql", json.dumps({"query": f"query({declared}) {{ {rows} }}", "variables": values}))

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows, with the integers that GraphQL sends as text."""
        rows = json.loads(body)["data"]["rows"]
        return [{name: int(v) if name in BIG_INTEGERS and v else v for name, v in row.items()} for row in rows]


def camel_case(name: str) -> str:
    """Return a name as PostGraphile spells it."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)
