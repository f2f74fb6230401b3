"""Names that other services give to parameters, each with the parameter of this service that has the same meaning."""

from collections.abc import Collection

from service.domain.suggestions import closest_words

SYNONYMS = {
    "partner": "country countries counterpart destination origin partners partnercode partner_code partner_country",
    "reporter": "reporters reportercode reporter_code reporting_country",
    "commodity": "product products item items commodities cmdcode cmd_code hs hs_code hscode commodity_code sitc",
    "flow": "flows flowcode flow_code direction trade_flow",
    "period": "from to start end since date dates time year month startperiod endperiod time_period periods",
    "frequency": "freq freqcode periodicity",
    "classification": "clcode cl_code nomenclature",
    "as_of": "asof vintage known_at as_at",
    "fields": "columns select field include",
    "sort": "order order_by orderby sort_by sortby",
    "limit": "size page_size pagesize per_page top_n rows max maxrecords",
    "cursor": "page offset skip start_row",
    "search": "q query name text",
    "format": "output output_format content_type",
    "labels": "includedesc names with_names",
}
NAME_BY_SYNONYM = {synonym: name for name, synonyms in SYNONYMS.items() for synonym in synonyms.split()}


def suggest_parameters(name: str, valid_names: Collection[str]) -> list[str]:
    """Return at most one of `valid_names`: the one that means the same as `name`, or that `name` misspells."""
    synonym = NAME_BY_SYNONYM.get(name.lower(), "")
    return [synonym] if synonym in valid_names else closest_words(name, valid_names)
