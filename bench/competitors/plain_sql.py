"""The questions in plain SQL, for contestants with a database of their own."""

import re
from collections.abc import Callable

from bench.environment import HERE

KEYS = {
    "dataset": "(SELECT dataset FROM reporter WHERE code = {reporter})",
    "partner_key": "(SELECT id FROM area WHERE code = {partner})",
    "commodity_key": "(SELECT id FROM commodity WHERE code = {commodity})",
    "flow_key": "(CASE {flow} WHEN 'X' THEN 1 ELSE 2 END)",
    "period_key": "(SELECT period FROM month WHERE name = {period})",
    "first_key": "(SELECT period FROM month WHERE name = {first})",
    "last_key": "(SELECT period FROM month WHERE name = {last})",
    "world_key": "(SELECT id FROM area WHERE code = 'WLD')",
    "total_key": "(SELECT id FROM commodity WHERE code = 'TOTAL')",
}
"""What each key is, in SQL."""


def plain_queries() -> dict[str, str]:
    """Return the query for each question; words in braces stand for what is asked, and for its keys."""
    text = (HERE / "competitors" / "portable_queries.sql").read_text()
    parts = re.split(r"^-- (\w+)\n", text, flags=re.MULTILINE)
    queries = dict(zip(parts[1::2], parts[2::2], strict=True))
    growth, page = queries.pop("growth_of_cells"), queries.pop("page")
    series = {name: queries[name] + growth for name in ("series", "group")}
    return {**queries, **series, "page_100": page, "page_1000": page}


def filled(query: str, word: Callable[[str], str]) -> str:
    """Return the query with what `word` makes of each word in braces."""
    return re.sub(r"\{(\w+)\}", lambda found: word(found.group(1)), query)
