"""A small valid file of every source layout, from which malformed ones are derived.

Each has two figures; the first is 7391, in line `line` and column `column`, and nowhere else in the file.
"""

import json
from dataclasses import dataclass

from tests.ingest.conftest import CSV_HEADER

FIRST_FIGURE = "7391"


@dataclass(frozen=True)
class SourceLayout:
    """A valid file, and the command that loads it."""

    command: tuple[str, ...]
    text: str
    column: str
    partner: str
    period: str
    line: int = 2
    name: str = "file.csv"
    encoding: str = "utf-8"
    rounds_values: bool = False

    @property
    def content(self) -> bytes:
        """Return the bytes of the valid file."""
        return self.text.encode(self.encoding)

    def replace_figure(self, figure: str) -> bytes:
        """Return the file with another text instead of its first figure."""
        is_bare = f": {FIRST_FIGURE}" in self.text
        return self.replace_first(FIRST_FIGURE, json.dumps(figure) if is_bare and not _is_json(figure) else figure)

    def replace_first(self, old: str, new: str) -> bytes:
        """Return the file with `new` instead of the first `old`."""
        assert old in self.text
        return self.text.replace(old, new, 1).encode(self.encoding)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _join_lines(*lines: str, line_end: str = "\n") -> str:
    return "".join(line + line_end for line in lines)


_MONTHS = ("Jan", "Feb", "Mar", "Apl", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_JAPAN_HEADER = "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year" + "".join(
    f",Quantity1-{month},Quantity2-{month},Value-{month}" for month in _MONTHS
)
_EMPTY_MONTHS = ",0,0,0" * 11
_COMTRADE_HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,"
    "mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,"
    "isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,"
    "legacyEstimationFlag,isReported,isAggregate"
)
_LEGACY_HEADER = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter Code,"
    "Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner Code,2nd Partner,2nd Partner ISO,"
    "Customs Proc. Code,Customs,Mode of Transport Code,Mode of Transport,Commodity Code,Commodity,Qty Unit Code,"
    "Qty Unit,Qty,Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value (US$),"
    "CIF Trade Value (US$),FOB Trade Value (US$),Flag"
)


def _comtrade_row(partner: str, value: str) -> str:
    cells = (
        f"C,A,,,,2022,392,JPN,Japan,X,Export,{partner},0,W00,World,H6,HS,true,8542,Circuits,"
        f"4,false,C00,TOTAL CPC,0,0,TOTAL MOT,-1,N/A,0,false,-1,N/A,0,false,12.5,true,0,false,,,{value},4,false,true"
    )
    # Every row ends in one comma too many.
    return ",".join(f'"{cell}"' if cell else "" for cell in cells.split(",")) + ","


def _legacy_row(partner: str, value: str) -> str:
    return (
        f"H5,,2019,,6,1,2,Export,392,Japan,JPN,{partner},,,,,,,,871200,Bicycles,5,Number of items,12,,,,50,,{value},,,0"
    )


def _comtrade_api_row(partner: int, value: int) -> dict[str, object]:
    return {
        "freqCode": "A",
        "period": "2022",
        "reporterCode": 392,
        "classificationCode": "H6",
        "flowCode": "X",
        "partnerCode": partner,
        "cmdCode": "8542",
        "cmdDesc": "Circuits",
        "motCode": 0,
        "customsCode": "C00",
        "partner2Code": 0,
        "mosCode": "0",
        "primaryValue": value,
        "qty": None,
        "qtyUnitAbbr": "N/A",
        "netWgt": None,
    }


_CENSUS_ROWS = [
    ["I_COMMODITY", "CTY_CODE", "CTY_NAME", "GEN_VAL_MO", "YEAR", "MONTH", "COMM_LVL"],
    ["85", "5700", "CHINA", FIRST_FIGURE, "2024", "01", "HS2"],
    ["85", "7480", "CÔTE D'IVOIRE", "30", "2024", "01", "HS2"],
]

LAYOUTS = {
    "tidy": SourceLayout(
        command=("tidy", "--mapping", "mapping.toml"),
        text=_join_lines(CSV_HEADER.rstrip(), f"2024-01,export,中国,all,{FIRST_FIGURE}", "2024-01,import,USA,all,30"),
        column="value",
        partner="中国",
        period="2024-01",
    ),
    "japan-customs": SourceLayout(
        command=("japan-customs",),
        text=_join_lines(
            _JAPAN_HEADER,
            f"1,2024,'854231000',105,NO,KG,4,5,99,4,5,{FIRST_FIGURE}{_EMPTY_MONTHS}",
            f"2,2024,'010121000',304,NO,KG,1,2,30,1,2,30{_EMPTY_MONTHS}",
            line_end="\r\n",
        ),
        column="Value-Jan",
        partner="105",
        period="2024",
        encoding="cp932",
    ),
    "japan-customs by principal commodity": SourceLayout(
        command=("japan-customs",),
        text=_join_lines(
            _JAPAN_HEADER.replace("HS", "Commodity"),
            f"1,2024,'70503',105,,KG,0,5,99,0,5,{FIRST_FIGURE}{_EMPTY_MONTHS}",
            f"2,2024,'0',304,,KG,0,2,30,0,2,30{_EMPTY_MONTHS}",
            line_end="\r\n",
        ),
        column="Value-Jan",
        partner="105",
        period="2024",
        encoding="cp932",
    ),
    "japan-customs-totals": SourceLayout(
        command=("japan-customs-totals",),
        text=_join_lines(
            "《世界》  【月別】　（単位：千円） ,,",
            "WORLD  Monthly Data  (a thousand yen) ,,",
            "Years/Months,Exp-Total,Imp-Total",
            ",,",
            f"2023/12,{FIRST_FIGURE} ,912 ",
            "2024/01,0 ,0 ",
            line_end="\r\n",
        ),
        column="Exp-Total",
        partner="",
        period="2023/12",
        line=5,
        encoding="cp932",
    ),
    "comtrade": SourceLayout(
        command=("comtrade",),
        text=_join_lines(
            _COMTRADE_HEADER,
            _comtrade_row("156,CHN,China", FIRST_FIGURE),
            _comtrade_row("384,CIV,Côte d'Ivoire", "30"),
            line_end="\r\n",
        ),
        column="primaryValue",
        partner="156",
        period="2022",
        encoding="cp1252",
        rounds_values=True,
    ),
    "comtrade, legacy": SourceLayout(
        command=("comtrade",),
        text=_join_lines(
            _LEGACY_HEADER, _legacy_row("156,China,CHN", FIRST_FIGURE), _legacy_row("384,Côte d'Ivoire,CIV", "30")
        ),
        column="Trade Value (US$)",
        partner="156",
        period="2019",
        rounds_values=True,
    ),
    "comtrade, JSON": SourceLayout(
        command=("comtrade",),
        text=json.dumps(
            {"count": 2, "data": [_comtrade_api_row(156, int(FIRST_FIGURE)), _comtrade_api_row(842, 30)], "error": ""}
        ),
        column="primaryValue",
        partner="156",
        period="2022",
        line=1,
        name="file.json",
        rounds_values=True,
    ),
    "us-census": SourceLayout(
        command=("us-census",),
        text=_join_lines(*(",".join(row) for row in _CENSUS_ROWS)),
        column="GEN_VAL_MO",
        partner="5700",
        period="2024",
    ),
    "us-census, JSON": SourceLayout(
        command=("us-census",),
        text=json.dumps(_CENSUS_ROWS),
        column="GEN_VAL_MO",
        partner="5700",
        period="2024",
        name="file.json",
    ),
    "baci": SourceLayout(
        command=("baci", "--reporter", "392"),
        text=_join_lines("t,i,j,k,v,q", f"2022,392,156,10121,{FIRST_FIGURE},0.500", "2022,156,392,854231,30.000,NA"),
        column="v",
        partner="156",
        period="2022",
        name="BACI_HS22_Y2022_V202501.csv",
        rounds_values=True,
    ),
}
CSV_LAYOUTS = {name: layout for name, layout in LAYOUTS.items() if not name.endswith("JSON")}
JSON_LAYOUTS = {name: layout for name, layout in LAYOUTS.items() if name.endswith("JSON")}
