"""What things are called in SDMX."""

AGENCY = "TRADEFLOWS"
VERSION = "1.0"
DIMENSIONS = ("FREQ", "REPORTER", "FLOW", "PARTNER", "COMMODITY")
TIME_DIMENSION = "TIME_PERIOD"
PRIMARY_MEASURE = "OBS_VALUE"
ALL_DIMENSIONS = "AllDimensions"
"""The dimension at which observations stand where they are not grouped into series."""
CONCEPTS = {
    "FREQ": "Frequency",
    "REPORTER": "Who reports",
    "FLOW": "Exports, imports and their kin",
    "PARTNER": "With whom is traded",
    "COMMODITY": "In what is traded",
    TIME_DIMENSION: "Period",
    PRIMARY_MEASURE: "Value in units of the currency in UNIT_MEASURE",
    "OBS_STATUS": "Status of the figure",
    "UNIT_MEASURE": "Currency of the value, ISO 4217",
    "UNIT_MULT": "Power of ten that the value is to be multiplied by",
}
CONCEPT_SCHEME = "CS_TRADE"
UNIT_MULTIPLIER = "0"
"""Values are in whole units."""
