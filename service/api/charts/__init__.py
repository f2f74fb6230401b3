"""Charts of results: Vega-Lite specifications, and their rendering as SVG and PNG."""
