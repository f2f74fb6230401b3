"""Words of questions: flows, views, measures, frequencies and currencies, and words without a meaning."""

FLOW_WORDS = {
    "X": frozenset(
        """export exports exported exporting sales sell sells sold selling supply supplies supplied buyers buyer
        customers customer""".split()  # noqa: SIM905 - readable
    ),
    "M": frozenset(
        """import imports imported importing buy buys bought buying purchase purchases purchased suppliers supplier
        sellers seller sources""".split()  # noqa: SIM905 - readable
    ),
}
VIEW_WORDS = {
    "partners": frozenset(
        """partner partners country countries who whom where buyers buyer customers customer suppliers supplier sellers
        seller sources""".split()  # noqa: SIM905 - readable
    ),
    "commodities": frozenset(["commodity", "commodities", "goods", "products"]),
    "balances": frozenset(["balance", "balances", "deficit", "surplus"]),
    "revisions": frozenset(["revision", "revisions", "revised"]),
}
MEASURE_WORDS = {
    **dict.fromkeys(["growth", "grow", "grew", "grown", "rise", "fall", "fell", "increase", "decrease"], "growth"),
    "share": "share",
    "shares": "share",
    "index": "index",
    "contribution": "contribution",
    "contributions": "contribution",
}
FREQUENCY_WORDS = {
    "monthly": "M",
    "months": "M",
    "quarterly": "Q",
    "quarters": "Q",
    "semiannual": "H",
    "yearly": "A",
    "annual": "A",
    "annually": "A",
    "years": "A",
}
CURRENCY_WORDS = {
    "dollar": "USD",
    "dollars": "USD",
    "usd": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "pounds": "GBP",
    "sterling": "GBP",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
}
QUESTION_WORDS = frozenset(["who", "whom"])
AUXILIARY_VERBS = frozenset(["do", "does", "did"])
PARTNER_PREPOSITIONS = frozenset(["to", "from", "with"])
OPENING_WORDS = frozenset(["since", "after"])
STOP_WORDS = (
    PARTNER_PREPOSITIONS
    | OPENING_WORDS
    | AUXILIARY_VERBS
    | frozenset(
        """a all an and any are as at between biggest by can chart come comes figures for get gets go goes going how in
        into is its largest main many month most much of on over per quarter s statistics top trade trading until us
        value values was were what which year""".split()  # noqa: SIM905 - readable
    )
)
TWO_LETTER_AREAS = frozenset(["eu", "uk"])
"""Areas with a name of two letters that is no other word; of others the letters have to be capitals."""
SYNONYMS = {
    "auto": "motor vehicles",
    "autos": "motor vehicles",
    "automobiles": "motor vehicles",
    "chip": "semiconductors",
    "chipmaking": "semiconductor machinery",
    "chips": "semiconductors",
    "crude": "petroleum",
    "equipment": "machinery",
    "food": "foodstuff",
    "gas": "gas",
    "machines": "machinery",
    "microchips": "semiconductors",
    "oil": "petroleum",
}
"""Words of readers, with the words of classifications."""
