"""Charts in other pages: the code that embeds one, and its description by the oEmbed standard (oembed.com, 1.0)."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from markupsafe import escape
from marshmallow import Schema, validate
from marshmallow.fields import Integer, String

from service.api.parameters.request import build_url
from service.errors import NotFound
from service.resources.pages.explorer import Explorer
from service.resources.pages.query import EXPLORER_PATH, ExplorerQuery

EMBEDDING_PATH, OEMBED_PATH = "/embed", "/oembed"
DEFAULT_WIDTH_PX, MIN_WIDTH_PX, MAX_WIDTH_PX = 720, 320, 1600
TEXT_HEIGHT_PX = 190
"""Height of the title, the source and the link around a chart."""
HEIGHT_OF_WIDTH = 0.58
CACHE_AGE_S = 3600


class OembedParams(Schema):
    """Parameters of a request for the oEmbed description of a chart."""

    url = String(required=True)
    format = String(validate=validate.Equal("json"))
    maxwidth = Integer(validate=validate.Range(min=1))
    maxheight = Integer(validate=validate.Range(min=1))


def explorer_arguments(url: str) -> dict[str, list[str]]:
    """Return the query arguments in the URL of a page of the explorer or of an embedded chart.

    :raises NotFound: the URL is not of such a page.
    """
    parts = urlsplit(url)
    if parts.path not in {EXPLORER_PATH, EMBEDDING_PATH}:
        raise NotFound("There is no chart at this URL; the pages at /explore have charts.")
    return parse_qs(parts.query)


def embedding_url(query: ExplorerQuery) -> str:
    """Return the URL of the page with nothing but the chart of a query."""
    return f"{EMBEDDING_PATH}?{urlsplit(query.url()).query}"


def oembed_url(page_url: str) -> str:
    """Return the URL of the oEmbed description of the chart in the page at `page_url`."""
    return build_url(OEMBED_PATH, {"url": page_url, "format": "json"})


def oembed_document(
    explorer: Explorer, host: str, *, max_width: int | None = None, max_height: int | None = None
) -> dict[str, Any]:
    """Return the oEmbed description of a chart of the explorer, within the size that the embedding page allows.

    `host` is the address of the service. Sizes are in pixels; null means no limit.

    :raises NotFound: the page has no chart.
    """
    if not explorer.has_chart:
        raise NotFound("The page at this URL has no chart.")
    width = max(MIN_WIDTH_PX, min(max_width or DEFAULT_WIDTH_PX, MAX_WIDTH_PX))
    height = min(max_height or MAX_WIDTH_PX, frame_height(width))
    return {
        "version": "1.0",
        "type": "rich",
        "title": explorer.title,
        "provider_name": "tradeflows",
        "provider_url": f"{host}/",
        "cache_age": CACHE_AGE_S,
        "html": frame_code(f"{host}{embedding_url(explorer.query)}", explorer.title, width=width, height=height),
        "width": width,
        "height": height,
    }


def embedding_codes(explorer: Explorer, host: str) -> list[tuple[str, str]]:
    """Return the HTML that shows a chart of the explorer in another page: the name of each kind with its HTML.

    The kinds are a frame and an image. The embedded chart keeps its figures when they are revised later. `host` is the
    address of the service.
    """
    query, width = explorer.pinned_query, DEFAULT_WIDTH_PX
    frame = frame_code(f"{host}{embedding_url(query)}", explorer.title, width=width, height=frame_height(width))
    image = image_code(f"{host}{query.chart_url('svg')}", f"{host}{query.url()}", title=explorer.title)
    return [("Chart with figures at the pointer", frame), ("Image", image)]


def frame_height(width: int) -> int:
    """Return the height, in pixels, that a frame of a width needs to show a chart without scrolling."""
    return round(width * HEIGHT_OF_WIDTH) + TEXT_HEIGHT_PX


def frame_code(url: str, title: str, *, width: int, height: int) -> str:
    """Return the HTML of an inline frame that shows the page at `url`; sizes are in pixels."""
    return (
        f'<iframe src="{escape(url)}" title="{escape(title)}" width="{width}" height="{height}" loading="lazy" '
        'style="border: 0; max-width: 100%"></iframe>'
    )


def image_code(chart_url: str, page_url: str, *, title: str) -> str:
    """Return the HTML that shows a chart as an image, with a link to its figures."""
    image = f'<img src="{escape(chart_url)}" alt="{escape(title)}" width="{DEFAULT_WIDTH_PX}">'
    return f'<a href="{escape(page_url)}">{image}</a>'
