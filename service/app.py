"""The application factory: it registers the resources and sets up the database, caching, security and metrics."""

from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from service.api.caching.response_cache import init_response_cache
from service.api.database.request_context import init_database
from service.api.http.cache_middleware import CacheMiddleware
from service.api.observability.access_log import init_access_log
from service.api.observability.health import DRAIN_FILE
from service.api.observability.health import blueprint as health
from service.api.observability.metrics import blueprint as metrics
from service.api.observability.metrics import init_metrics
from service.api.openapi.document import blueprint as openapi
from service.api.openapi.document import register_resources
from service.api.openapi.index import blueprint as index
from service.api.openapi.problem_pages import blueprint as problem_pages
from service.api.openapi.swagger_ui import init_swagger_ui
from service.api.problems.handlers import init_problems
from service.api.responses.resource_registry import Endpoint, ResourceRegistry
from service.api.security.authentication import init_access_control
from service.api.security.headers import init_security_headers
from service.api.serialization.compression import init_compression
from service.api.serialization.markdown import init_template_filters
from service.config import DEFAULT_RESPONSE_CACHE_MB, PUBLIC_ACCESS, AccessSettings
from service.db.replicas.routing import ReplicaSet
from service.resources.agents.routes import blueprint as agents
from service.resources.areas.routes import blueprint as areas
from service.resources.balances.routes import blueprint as balances
from service.resources.balances.schemas import BalancesParams
from service.resources.balances.service import BALANCES
from service.resources.briefings.routes import blueprint as briefings
from service.resources.briefings.schemas import BriefingParams
from service.resources.briefings.service import BRIEFING
from service.resources.checks.routes import blueprint as checks
from service.resources.checks.schemas import CheckRequest
from service.resources.checks.service import TEXT_CHECK
from service.resources.classifications.routes import blueprint as classifications
from service.resources.commodities.routes import blueprint as commodities
from service.resources.commodities.schemas import CommoditiesParams, OneCommodityParams
from service.resources.commodities.service import COMMODITIES
from service.resources.comparative_advantage.routes import blueprint as comparative_advantage
from service.resources.comtrade.routes import blueprint as comtrade
from service.resources.concordances.routes import blueprint as concordances
from service.resources.exchange_rates.routes import blueprint as exchange_rates
from service.resources.exchange_rates.schemas import ExchangeRatesParams
from service.resources.exchange_rates.service import EXCHANGE_RATES
from service.resources.flows.routes import blueprint as flows
from service.resources.flows.schemas import FlowsParams
from service.resources.flows.service import FLOW_TABLE
from service.resources.groups.routes import blueprint as groups
from service.resources.indicators.routes import blueprint as indicators
from service.resources.indicators.schemas import IndicatorsParams, OneIndicatorParams
from service.resources.indicators.service import INDICATOR, INDICATORS
from service.resources.measures.routes import blueprint as measures
from service.resources.measures.schemas import MeasuresParams, OneMeasureParams
from service.resources.measures.service import MEASURE, MEASURES
from service.resources.measures.trade_schemas import MeasureTradeParams
from service.resources.measures.trade_service import MEASURE_TRADE
from service.resources.mirror.routes import blueprint as mirror
from service.resources.mirror.schemas import MirrorParams
from service.resources.mirror.service import MIRROR
from service.resources.omitted.routes import blueprint as omitted
from service.resources.omitted.schemas import OmittedParams
from service.resources.omitted.service import OMITTED
from service.resources.pages.embedding.routes import blueprint as embedding
from service.resources.pages.routes import blueprint as pages
from service.resources.partners.routes import blueprint as partners
from service.resources.partners.schemas import OnePartnerParams, PartnersParams
from service.resources.partners.service import PARTNERS
from service.resources.reconciliation.routes import blueprint as reconciliation
from service.resources.reconciliation.schemas import ReconciliationParams
from service.resources.reconciliation.service import RECONCILIATION
from service.resources.releases.routes import blueprint as releases
from service.resources.releases.schemas import OneReleaseParams, ReleasesParams
from service.resources.releases.service import RELEASE, RELEASES
from service.resources.reporters.routes import blueprint as reporters
from service.resources.reporters.schemas import ReportersParams
from service.resources.reporters.service import REPORTERS
from service.resources.revisions.routes import blueprint as revisions
from service.resources.revisions.schemas import RevisionsParams
from service.resources.revisions.service import REVISIONS
from service.resources.sdmx.routes import blueprint as sdmx
from service.resources.sdmx.short_routes import blueprint as sdmx_paths
from service.resources.series.routes import blueprint as series
from service.resources.series.schemas import SeriesParams
from service.resources.series.service import SERIES
from service.resources.well_known.routes import SECURITY_CONTACT
from service.resources.well_known.routes import blueprint as well_known

RESOURCES = (
    flows,
    series,
    partners,
    commodities,
    balances,
    mirror,
    comparative_advantage,
    briefings,
    checks,
    omitted,
    reconciliation,
    reporters,
    releases,
    revisions,
    measures,
    indicators,
    exchange_rates,
    areas,
    groups,
    classifications,
    concordances,
    sdmx,
    index,
    openapi,
    problem_pages,
    health,
    metrics,
)
SERVICES = ResourceRegistry(
    {
        "/v1/series": Endpoint(SeriesParams, SERIES),
        "/v1/partners": Endpoint(PartnersParams, PARTNERS),
        "/v1/partners/<code>": Endpoint(OnePartnerParams, PARTNERS),
        "/v1/commodities": Endpoint(CommoditiesParams, COMMODITIES),
        "/v1/commodities/<code>": Endpoint(OneCommodityParams, COMMODITIES),
        "/v1/balances": Endpoint(BalancesParams, BALANCES),
        "/v1/reporters": Endpoint(ReportersParams, REPORTERS),
        "/v1/reporters/<code>": Endpoint(ReportersParams, REPORTERS),
        "/v1/measures": Endpoint(MeasuresParams, MEASURES),
        "/v1/measures/<code>": Endpoint(OneMeasureParams, MEASURE),
        "/v1/measures/<code>/trade": Endpoint(MeasureTradeParams, MEASURE_TRADE),
        "/v1/indicators": Endpoint(IndicatorsParams, INDICATORS),
        "/v1/indicators/<code>": Endpoint(OneIndicatorParams, INDICATOR),
        "/v1/releases": Endpoint(ReleasesParams, RELEASES),
        "/v1/releases/<code>": Endpoint(OneReleaseParams, RELEASE),
        "/v1/briefings/<reporter>/<period>": Endpoint(BriefingParams, BRIEFING),
        "/v1/flows": Endpoint(FlowsParams, FLOW_TABLE),
        "/v1/checks": Endpoint(CheckRequest, TEXT_CHECK),
        "/v1/mirror": Endpoint(MirrorParams, MIRROR),
        "/v1/reconciliation": Endpoint(ReconciliationParams, RECONCILIATION),
        "/v1/revisions": Endpoint(RevisionsParams, REVISIONS),
        "/v1/omitted": Endpoint(OmittedParams, OMITTED),
        "/v1/exchange-rates": Endpoint(ExchangeRatesParams, EXCHANGE_RATES),
    }
)
"""Services by route, for code that calls other resources without HTTP, such as briefings and the landing page."""
MAX_BODY_BYTES = 16 * 1024


def create_app(
    database: Engine | ReplicaSet,
    *,
    response_cache_mb: int = DEFAULT_RESPONSE_CACHE_MB,
    prepare_statements: bool = True,
    access: AccessSettings = PUBLIC_ACCESS,
    drain_file: Path | None = None,
) -> Flask:
    """Return the Flask application for a database, which is one server or a set of replicas.

    `response_cache_mb` bounds the response cache of each process; 0 disables it. Without `prepare_statements` the
    service prepares no statements, as connection poolers such as PgBouncer require. `access` sets authentication and
    the rate limit. The service reports that it is not ready while the file `drain_file` exists.
    """
    app = Flask("service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config[DRAIN_FILE] = drain_file
    app.config[SECURITY_CONTACT] = access.security_contact
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    init_access_log(app)
    init_security_headers(app)
    servers = ReplicaSet.single(database) if isinstance(database, Engine) else database
    init_database(app, servers, SERVICES, prepare_statements=prepare_statements)
    init_metrics(app, servers)
    init_access_control(app, access)
    init_response_cache(app, max_bytes=response_cache_mb * 1024 * 1024)
    init_compression(app)
    init_problems(app)
    register_resources(app, RESOURCES)
    app.register_blueprint(comtrade)
    app.register_blueprint(well_known)
    app.register_blueprint(sdmx_paths)
    app.register_blueprint(agents)
    app.register_blueprint(pages)
    app.register_blueprint(embedding)
    init_swagger_ui(app)
    init_template_filters(app)
    if not (servers.replicas or access.authentication_enabled or access.rate_limit):
        app.wsgi_app = CacheMiddleware(app)  # type: ignore[method-assign] # as in Flask's documentation
    return app
