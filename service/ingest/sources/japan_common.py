"""Properties that all datasets of Japan Customs share."""

from typing import Any

JAPAN_DATASET_FIELDS: dict[str, Any] = {
    "source": "Japan Customs",
    "reporter": "JPN",
    "frequency": "M",
    "currency": "JPY",
    "unit_exponent": 3,
    "export_valuation": "FOB",
    "import_valuation": "CIF",
    "trade_system": "general",
    "attribution": "Source: Trade Statistics of Japan, Ministry of Finance",
}
