"""UN Comtrade's codes of areas."""

from service.api.resolution.reference_data import Reference
from service.domain.comtrade.areas import ComtradeArea, area_list
from service.errors import InvalidRequest, ParameterError
from service.models import Area

SCHEME = "comtrade"


def comtrade_areas(reference: Reference) -> dict[int, ComtradeArea]:
    """Return the entry of each area in UN Comtrade's list of areas, by the primary key of the area.

    Where UN Comtrade has several codes for an area, such as 840 and 842 for the United States, the entry is the one
    under which the area reports.
    """

    def find_areas() -> dict[int, ComtradeArea]:
        partners, reporters = area_list("partners"), area_list("reporters")
        entries = [entry for entry in reference.area_codes if entry.scheme == SCHEME and int(entry.code) in partners]
        entries.sort(key=lambda entry: int(entry.code) in reporters)
        return {entry.area_id: partners[int(entry.code)] for entry in entries}

    areas: dict[int, ComtradeArea] = reference.column_cache.get_or_compute(SCHEME, find_areas)
    return areas


def find_comtrade_area(reference: Reference, parameter: str, code: str) -> Area:
    """Return the area with a code of UN Comtrade, such as 392; ISO codes are accepted as well.

    `parameter` is the name of the query parameter, for the message of the error.

    :raises InvalidRequest: the code is unknown.
    """
    number = code.lstrip("0") or "0"
    area = reference.area_lookup.find(f"{SCHEME}:{number}") or reference.area_lookup.find(code)
    if area is None:
        reason = "it is not the code of an area in UN Comtrade; see /comtrade/files/v1/app/reference/partnerAreas.json"
        raise InvalidRequest(ParameterError(parameter, code, reason))
    return area
