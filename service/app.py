"""create_app(): the one place where everything meets."""

from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from service.api.caching.fast_path import GivenAgain
from service.api.caching.response_cache import init_answers
from service.api.database.request_context import init_store
from service.api.http.compression import init_compression
from service.api.observability.access_log import init_request_log
from service.api.observability.health import DRAIN_MARK
from service.api.observability.health import blueprint as health
from service.api.observability.metrics import blueprint as metrics
from service.api.observability.metrics import init_metrics
from service.api.openapi.document import blueprint as description
from service.api.openapi.document import init_description
from service.api.openapi.swagger_ui import init_docs
from service.api.problems.handlers import init_problems
from service.api.problems.routes import blueprint as problem_pages
from service.api.security.authentication import init_access
from service.api.security.cors import init_cross_origin
from service.api.security.headers import init_security_headers
from service.config import ANSWER_CACHE_MB, OPEN_TO_ALL, Access
from service.db.replicas.routing import Servers
from service.resources.balances.routes import blueprint as balances
from service.resources.briefings.routes import blueprint as briefings
from service.resources.classifications.routes import blueprint as classifications
from service.resources.commodities.routes import blueprint as commodities
from service.resources.comparative_advantage.routes import blueprint as comparative_advantage
from service.resources.exchange_rates.routes import blueprint as exchange_rates
from service.resources.flows.routes import blueprint as flows
from service.resources.groups.routes import blueprint as groups
from service.resources.indicators.routes import blueprint as indicators
from service.resources.landing.routes import blueprint as landing
from service.resources.measures.routes import blueprint as measures
from service.resources.mirror.routes import blueprint as mirror
from service.resources.partners.routes import blueprint as partners
from service.resources.releases.routes import blueprint as releases
from service.resources.reporters.routes import blueprint as reporters
from service.resources.revisions.routes import blueprint as revisions
from service.resources.sdmx.routes import blueprint as sdmx
from service.resources.series.routes import blueprint as series

RESOURCES = (
    flows,
    series,
    partners,
    commodities,
    balances,
    mirror,
    comparative_advantage,
    briefings,
    reporters,
    releases,
    revisions,
    measures,
    indicators,
    exchange_rates,
    groups,
    classifications,
    sdmx,
    description,
    problem_pages,
    health,
    metrics,
)
LARGEST_BODY = 16 * 1024


def create_app(
    database: Engine | Servers,
    *,
    answer_cache_mb: int = ANSWER_CACHE_MB,
    hot_reads: bool = True,
    access: Access = OPEN_TO_ALL,
    drain_mark: Path | None = None,
) -> Flask:
    """Return the application that answers from `database`, one server or several, and keeps so much of its answers.

    Without `hot_reads` answers are made by the libraries that describe them, and none is kept: they are the same.
    While there is a file `drain_mark` it says that it is not ready.
    """
    app = Flask("service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config[DRAIN_MARK] = drain_mark
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    init_request_log(app)
    init_cross_origin(app)
    init_security_headers(app)
    servers = Servers.alone(database) if isinstance(database, Engine) else database
    init_store(app, servers, hot_reads=hot_reads)
    init_metrics(app, servers)
    init_access(app, access)
    init_answers(app, most_bytes=answer_cache_mb * 1024 * 1024 if hot_reads else 0)
    init_compression(app)
    init_problems(app)
    api = init_description(app)
    for blueprint in RESOURCES:
        api.register_blueprint(blueprint)
    app.register_blueprint(landing)
    init_docs(app)
    if hot_reads and not (servers.replicas or access.asks_for_keys or access.rate_limit):
        app.wsgi_app = GivenAgain(app)  # type: ignore[method-assign] # as Flask's documents have it
    return app
