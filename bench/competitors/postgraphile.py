"""PostGraphile: the functions of postgres_functions.sql, by GraphQL, from as many processes as the service has."""

import json
from dataclasses import dataclass

from bench.competitors.base import Request, Row, absent
from bench.competitors.postgrest import FUNCTIONS, argument
from bench.environment import HERE, Place
from bench.loading import CONNECTIONS
from bench.queries import Asked, Question
from service.cli.serve import WORKERS

FILES = ("postgraphile_workers.mjs", "postgraphile.mjs")


@dataclass(frozen=True)
class Postgraphile:
    """PostGraphile."""

    name: str = "PostGraphile"
    keeps_answers: bool = False

    def missing(self, where: Place) -> str | None:
        """Return whether it is not installed."""
        return absent(where.packages / ".bin" / "postgraphile")

    def command(self, where: Place, database: str, port: int) -> tuple[list[str], dict[str, str]]:
        """Return what starts it."""
        for file in FILES:
            (where.home / "tools" / file).write_text((HERE / "competitors" / file).read_text())
        command = ["node", *(str(where.home / "tools" / file) for file in FILES)]
        settings = {"WORKERS": str(WORKERS), "POOL_SIZE": str(CONNECTIONS), "GRAPHILE_ENV": "production"}
        return command, {"DATABASE_URL": database, "PORT": str(port), **settings}

    def request(self, question: Question, asked: Asked) -> Request | None:
        """Return a query with the question as its variables."""
        function, names = FUNCTIONS[question.name]
        arguments = {camel(argument(name, function)): asked[name] for name in names}
        types = {name: "Int" if name == "rows" else "String" for name in arguments}
        given = ", ".join(f"{name}: ${name}" for name in arguments)
        declared = ", ".join(f"${name}: {types[name]}!" for name in arguments)
        columns = " ".join(f"{column}: {camel(column)}" for column in question.columns)
        query = f"query({declared}) {{ rows: {camel(function)}List({given}) {{ {columns} }} }}"
        values = {name: int(word) if types[name] == "Int" else word for name, word in arguments.items()}
        return Request("/graphql", json.dumps({"query": query, "variables": values}))

    def rows(self, body: bytes) -> list[Row]:
        """Return the rows; whole numbers come as text."""
        return [
            {
                name: int(word) if name in {"value", "yoy_base", "yoy_change"} and word else word
                for name, word in row.items()
            }
            for row in json.loads(body)["data"]["rows"]
        ]


def camel(name: str) -> str:
    """Return a name as GraphQL has it."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
