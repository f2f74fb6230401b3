"""The queries in the SQL that SQLite and DuckDB share, with placeholders in braces."""

import re
from collections.abc import Callable

from bench.environment import COMPETITORS_FOLDER

KEY_SUBQUERIES = {
    "dataset": "(SELECT dataset FROM reporter WHERE code = {reporter})",
    "partner_key": "(SELECT id FROM area WHERE code = {partner})",
    "commodity_key": "(SELECT id FROM commodity WHERE code = {commodity})",
    "flow_key": "(CASE {flow} WHEN 'X' THEN 1 ELSE 2 END)",
    "world_key": "(SELECT id FROM area WHERE code = 'WLD')",
    "total_key": "(SELECT id FROM commodity WHERE code = 'TOTAL')",
} | {f"{name}_key": f"(SELECT period FROM month WHERE name = {{{name}}})" for name in ("period", "first", "last")}
"""The subquery that looks up each key by its code, for a database that resolves codes itself."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def portable_queries() -> dict[str, str]:
    """Return the text of each query; placeholders stand for parameters and for their keys."""
    text = (COMPETITORS_FOLDER / "portable_queries.sql").read_text()
    parts = re.split(r"^-- (\w+)\n", text, flags=re.MULTILINE)
    queries = dict(zip(parts[1::2], parts[2::2], strict=True))
    series = {name: queries[name] + queries["growth"] for name in ("series", "group")}
    return {**queries, **series, "page_100": queries["page"], "page_1000": queries["page"]}


def fill_placeholders(query: str, replacement: Callable[[str], str]) -> str:
    """Return the query with the text that `text_for` returns for each placeholder."""
    return PLACEHOLDER.sub(lambda match: replacement(match.group(1)), query)
