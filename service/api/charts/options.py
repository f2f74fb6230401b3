"""Options of a chart: its measure, its width and its theme."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.api.parameters.common import CHART_MEASURES, CHART_THEMES, DEFAULT_CHART_WIDTH_PX

MAX_NARROW_WIDTH_PX = 520
"""Width up to which a chart has smaller titles and shorter names."""


@dataclass(frozen=True)
class ChartOptions:
    """The measure that a chart shows, its width in pixels, its theme, and whether it has a title."""

    measure: str = CHART_MEASURES[0]
    width: int = DEFAULT_CHART_WIDTH_PX
    theme: str = CHART_THEMES[0]
    has_title: bool = True

    @classmethod
    def parse_query(cls, query: Mapping[str, str]) -> "ChartOptions":
        """Return the options from the valid query parameters of a request."""
        return cls(
            query.get("chart", CHART_MEASURES[0]).lower(),
            int(query.get("width", DEFAULT_CHART_WIDTH_PX)),
            query.get("theme", CHART_THEMES[0]).lower(),
            query.get("title", "true").lower() == "true",
        )

    @property
    def is_narrow(self) -> bool:
        """Return whether the chart is narrow enough for the screen of a phone."""
        return self.width <= MAX_NARROW_WIDTH_PX
