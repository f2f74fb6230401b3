"""The service in this process, which keeps no answers, asked without HTTP, and what it asks its database."""

from collections.abc import Callable, Sequence

from sqlalchemy import create_engine
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.competitors.tradeflows import Tradeflows
from bench.queries import QUESTIONS, Asked, asked, world_of
from service.app import create_app
from service.config import sqlalchemy_url
from service.db.connection.prepared_connection import ReadResult
from service.db.connection.read_pool import ReadPool


class Inside:
    """The service on the database at an address, and connections as its own to ask the same statements."""

    def __init__(self, address: str) -> None:
        engine = create_engine(sqlalchemy_url(address))
        self._app = create_app(engine, response_cache_mb=0)
        self._world = world_of(address)
        self.reads = ReadPool(engine)

    def wanted(self, name: str) -> Asked:
        """Return what is asked: one question of the kind `name`, the same every time."""
        wanted = asked(QUESTIONS[name], self._world, seed="costs", number=1)[0] | {"reporter": self._world.reporters[0]}
        if name == "series":  # one without gaps
            wanted |= {"partner": self._world.partners[0], "commodity": self._world.chapters[1]}
        return wanted

    def asking(self, name: str) -> Callable[[], None]:
        """Return what asks the service that question, and expects an answer."""
        request = Tradeflows("gunicorn").request(QUESTIONS[name], self.wanted(name))
        assert request is not None
        environ = EnvironBuilder(request.path).get_environ()

        def ask() -> None:
            answer, status, _ = run_wsgi_app(self._app, environ)
            assert status == "200 OK", b"".join(answer)
            b"".join(answer)

        return ask

    def statement(self, name: str) -> tuple[bytes, Sequence[str]]:
        """Return the statement that answers that question with most rows, and its values."""
        return asked_by(self.asking(name))


def asked_by(ask: Callable[[], object]) -> tuple[bytes, Sequence[str]]:
    """Return the statement that answers with most rows while `ask` runs, and its values."""
    own, found = ReadPool.read, [(0, b"", ())]

    def read(self: ReadPool, sql: bytes, values: Sequence[str] = ()) -> ReadResult:
        answer = own(self, sql, values)
        found.append((len(answer.rows), sql, tuple(values)))
        return answer

    ReadPool.read = read  # type: ignore[method-assign] # what is asked is only listened to
    try:
        ask()
    finally:
        ReadPool.read = own  # type: ignore[method-assign] # as above
    _, sql, values = max(found)
    assert sql, "nothing was asked of the database"
    return sql, values
