"""Identifiers of the SDMX agency, dimensions, attributes and concepts."""

AGENCY = "TRADEFLOWS"
VERSION = "1.0"
DIMENSIONS = ("FREQ", "REPORTER", "FLOW", "PARTNER", "COMMODITY")
TIME_DIMENSION = "TIME_PERIOD"
PRIMARY_MEASURE = "OBS_VALUE"
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
}
CONCEPT_SCHEME = "CS_TRADE"
UNIT_MULTIPLIER = "0"
"""Values are in whole units."""
