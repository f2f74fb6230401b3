"""Identifiers of the SDMX agency, dimensions, attributes and concepts."""

import re

AGENCY = "TRADEFLOWS"
VERSION = "1.0"
DIMENSIONS = ("FREQ", "REPORTER", "FLOW", "PARTNER", "COMMODITY")
TIME_DIMENSION = "TIME_PERIOD"
PRIMARY_MEASURE = "OBS_VALUE"
OBSERVATION_ATTRIBUTE = "OBS_STATUS"
SERIES_ATTRIBUTES = ("UNIT_MEASURE", "UNIT_MULT", "DECIMALS")
ALL_DIMENSIONS = "AllDimensions"
"""Value of `dimensionAtObservation` for observations that are not grouped into series."""
CONCEPTS = {
    "FREQ": "Frequency",
    "REPORTER": "Reporter",
    "FLOW": "Flow: exports, imports, re-exports, re-imports or domestic exports",
    "PARTNER": "Partner",
    "COMMODITY": "Commodity",
    TIME_DIMENSION: "Period",
    PRIMARY_MEASURE: "Value in units of the currency in UNIT_MEASURE",
    "OBS_STATUS": "Status of the figure",
    "UNIT_MEASURE": "Currency of the value, ISO 4217",
    "UNIT_MULT": "Unit multiplier: exponent of the power of ten of the value's unit",
    "DECIMALS": "Number of decimals of the value",
}
CONCEPT_SCHEME = "CS_TRADE"
UNIT_MULTIPLIER = "0"
"""Values are in whole units."""
_INVALID_CHARACTER = re.compile(r"[^A-Za-z0-9_@$-]")
_SCHEME_SEPARATOR, _SDMX_SEPARATOR = ":", "@"


def sdmx_id(code: str) -> str:
    """Return a code as an SDMX identifier: a colon becomes `@`, other characters that SDMX forbids become `_`."""
    return _INVALID_CHARACTER.sub("_", code.replace(_SCHEME_SEPARATOR, _SDMX_SEPARATOR))


def code_of_identifier(identifier: str) -> str:
    """Return the code for which an SDMX identifier stands."""
    return identifier.replace(_SDMX_SEPARATOR, _SCHEME_SEPARATOR)
