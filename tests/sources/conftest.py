"""Made-up files, one for each format and vintage; no licensed data."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from landbridge.tables import embedded_table

CEPII_NEW = {
    "country_exists_o": 1,
    "country_exists_d": 1,
    "distw_harmonic": 1000.0,
    "dist": 900,
    "contig": 1,
    "gdp_o": 300_000_000,
    "gdp_d": 60_000_000,
    "pop_o": 220_000,
    "pop_d": 33_000,
    "fta_wto": 0,
    "tradeflow_baci": 1500.0,
    "tradeflow_comtrade_o": "",
}
COMTRADE = [
    "typeCode",
    "freqCode",
    "refPeriodId",
    "refYear",
    "refMonth",
    "period",
    "reporterCode",
    "reporterISO",
    "reporterDesc",
    "flowCode",
    "flowDesc",
    "partnerCode",
    "partnerISO",
    "partnerDesc",
    "partner2Code",
    "partner2ISO",
    "partner2Desc",
    "classificationCode",
    "classificationSearchCode",
    "isOriginalClassification",
    "cmdCode",
    "cmdDesc",
    "aggrLevel",
    "isLeaf",
    "customsCode",
    "customsDesc",
    "mosCode",
    "motCode",
    "motDesc",
    "qtyUnitCode",
    "qtyUnitAbbr",
    "qty",
    "isQtyEstimated",
    "altQtyUnitCode",
    "altQtyUnitAbbr",
    "altQty",
    "isAltQtyEstimated",
    "netWgt",
    "isNetWgtEstimated",
    "grossWgt",
    "isGrossWgtEstimated",
    "cifvalue",
    "fobvalue",
    "primaryValue",
    "legacyEstimationFlag",
    "isReported",
    "isAggregate",
]
LOCODE_ROWS = [
    ["", "PK", "", ".PAKISTAN", "", "", "", "", "", "", "", ""],
    ["", "PK", "KHI", "Karachi", "Karachi", "SD", "12345---", "AI", "0307", "", "2451N 06700E", ""],
    ["", "PK", "GWD", "Gwadar", "Gwadar", "BA", "1-------", "RL", "0307", "", "", ""],
    ["X", "PK", "OLD", "Gone", "Gone", "", "--3-----", "RL", "0307", "", "2451N 06700E", ""],
    ["=", "PK", "", "Kurrachee = Karachi", "", "", "", "", "", "", "", ""],
    ["", "UZ", "TAS", "Toshkent", "Toshkent", "", "-23-----", "AI", "0307", "", "4120N 06918E", ""],
    ["", "XZ", "AAA", "High seas", "High seas", "", "0-------", "RL", "0307", "", "", ""],
]


class Made:
    """Writes made-up files into one folder and gives their paths."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        encoding: str = "utf-8",
        before: str = "",
        tail: str = "",
    ) -> Path:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=tail + "\n")
        if header:
            writer.writerow(header)
        writer.writerows(rows)
        path = self.folder / name
        path.write_bytes((before + out.getvalue()).encode(encoding))
        return path

    def zipped(self, name: str, members: Mapping[str, Path | bytes]) -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                data = content.read_bytes() if isinstance(content, Path) else content
                archive.writestr(member, data)
        return path

    def columns(self, release: str, *needs: str) -> list[str]:
        table = embedded_table("sources", "release_columns")
        wanted = needs or ("required", "expected")
        rows = table[(table["release"] == release) & table["need"].isin(wanted)]
        return list(rows.sort_values("position")["column"])

    # CEPII Gravity -----------------------------------------------------------------------------

    def cepii(self, rows: Sequence[Mapping[str, object]], *, release: str = "202211") -> Path:
        header = self.columns(f"cepii_gravity_{release}")
        if release == "202102":
            rows = [
                {**row, "distw": 1000.0, "distwces": 990.0, "rta": row.get("fta_wto", 0)}
                for row in rows
            ]
        body = [[{**CEPII_NEW, **row}.get(name, "") for name in header] for row in rows]
        return self.text(f"no hint {release}.csv", header, body)

    @staticmethod
    def pair(exporter: str, importer: str, year: int = 2020, **more: object) -> dict[str, object]:
        return {"iso3_o": exporter, "iso3_d": importer, "year": year, **more}

    # BACI --------------------------------------------------------------------------------------

    def baci(self, rows: Sequence[Sequence[object]], *, old: bool = False) -> Path:
        if old:
            rows = [[row[0], row[3], row[1], row[2], *row[4:]] for row in rows]
            return self.text("old.csv", ["t", "hs6", "i", "j", "v", "q"], rows)
        return self.text("flows.csv", ["t", "i", "j", "k", "v", "q"], rows)

    def baci_countries(self, rows: Sequence[Sequence[object]], *, old: bool = False) -> Path:
        header = ["country_code", "country_name", "country_iso2", "country_iso3"]
        if old:
            header = [
                "country_code",
                "country_name_abbreviation",
                "country_name_full",
                "iso_2digit_alpha",
                "iso_3digit_alpha",
            ]
            rows = [[row[0], row[1], *row[1:]] for row in rows]
        return self.text("countries.csv", header, rows)

    # ITPD --------------------------------------------------------------------------------------

    def itpd(self, rows: Sequence[Mapping[str, object]], *, variant: str = "r02") -> Path:
        full = [
            "exporter_iso3",
            "exporter_dynamic_code",
            "exporter_name",
            "importer_iso3",
            "importer_dynamic_code",
            "importer_name",
            "year",
            "industry_id",
            "industry_descr",
            "broad_sector",
            "trade",
            "flag_mirror",
            "flag_zero",
        ]
        header = {
            "r01": [name for name in full if "dynamic" not in name],
            "r02": full,
            "no_names": [n for n in full if not n.endswith(("_name", "_descr", "broad_sector"))],
            "s": [*full, "flag_itpds"],
        }[variant]
        body = []
        for row in rows:
            filled = {
                "exporter_dynamic_code": row["exporter_iso3"],
                "importer_dynamic_code": row["importer_iso3"],
                "flag_mirror": 0,
                "flag_zero": "p",
                "flag_itpds": 0,
                **row,
            }
            body.append([filled.get(name, "") for name in header])
        return self.text(f"itpd {variant}.csv", header, body)

    @staticmethod
    def industry(
        exporter: str, importer: str, industry: int, trade: object, **more: object
    ) -> dict[str, object]:
        sector = (
            "Agriculture"
            if industry <= 28
            else "Mining and Energy"
            if industry <= 35
            else "Manufacturing"
            if industry <= 153
            else "Services"
        )
        row: dict[str, object] = {
            "exporter_iso3": exporter,
            "importer_iso3": importer,
            "industry_id": industry,
            "broad_sector": sector,
            "trade": trade,
            "year": 2018,
        }
        return {**row, **more}

    # Comtrade ----------------------------------------------------------------------------------

    def comtrade(
        self, rows: Sequence[Mapping[str, object]], *, capitals: bool = False, name: str = "c.csv"
    ) -> Path:
        base = {
            "typeCode": "C",
            "freqCode": "A",
            "refYear": 2021,
            "period": 2021,
            "reporterCode": 586,
            "reporterDesc": "Pakistan",
            "flowCode": "X",
            "partnerCode": 699,
            "partnerDesc": "C\u00f4te",
            "partner2Code": 0,
            "cmdCode": "TOTAL",
            "customsCode": "C00",
            "mosCode": 0,
            "motCode": 0,
        }
        body = [[{**base, **row}.get(column, "") for column in COMTRADE] for row in rows]
        header = list(COMTRADE)
        if capitals:
            header = [column[0].upper() + column[1:] for column in COMTRADE]
            header[header.index("AltQty")] = "AtlQty"
            header.append("")
            body = [[*row, ""] for row in body]
        return self.text(name, header, body, encoding="latin-1")

    # WITS --------------------------------------------------------------------------------------

    def wits(self, rows: Sequence[Sequence[object]], *, kind: str = "mfn") -> Path:
        tail = {
            "mfn": "Nbr_NA_Lines,Nbr_Free_Lines,Nbr_AVE_Lines,Nbr_Dutiable_Lines,"
            "TotalNoOfValidLines,TotalNoOfLines,EstCode",
            "pref": "TotalNoOfLines,Nbr_Pref_Lines,Nbr_MFN_Lines,Nbr_NA_Lines,EstCode",
        }[kind].split(",")
        head = ["NomenCode", "Reporter_ISO_N", "Year", "ProductCode"]
        rates = ["Sum_Of_Rates", "Min_Rate", "Max_Rate", "SimpleAverage"]
        middle = ["Partner", *rates] if kind == "pref" else rates
        header = head + middle + tail
        body = [[*row, *[1] * (len(header) - len(row))] for row in rows]
        return self.text(f"job_{kind}.csv", header, body)

    # World Bank --------------------------------------------------------------------------------

    def wdi(self, rows: Sequence[Sequence[object]], *, bulk: bool = False) -> Path:
        header = [
            "Country Name",
            "Country Code",
            "Indicator Name",
            "Indicator Code",
            "2019",
            "2020",
        ]
        if bulk:
            return self.text("bulk.csv", header, rows)
        before = (
            '\ufeff"Data Source","World Development Indicators",\n\n'
            '"Last Updated Date","2024-01-01",\n\n'
        )
        return self.text("series.csv", header, rows, before=before, tail=",")

    # ESCAP, DESTA, ICIO, LOCODE ------------------------------------------------------------------

    def escap_frame(self) -> pd.DataFrame:
        rows = []
        for year in (2019, 2020):
            for one, two in (("PAK", "UZB"), ("UZB", "PAK"), ("PAK", "CHN"), ("CHN", "PAK")):
                rows.append(
                    (one, one, two, two, year, "GTT", "Total", 150.0 + year % 10, 1.05, 130.0)
                )
        names = [
            "reporter",
            "reportername",
            "partner",
            "partnername",
            "year",
            "sector",
            "sectorname",
            "tij",
            "geometric_avg_tariff",
            "nontariff_tij",
        ]
        return pd.DataFrame(rows, columns=names)

    def desta(
        self, rows: Sequence[Sequence[object]], *, old: bool = False, name: str = "d.csv"
    ) -> Path:
        header = [
            "country1",
            "country2",
            "iso1",
            "iso2",
            "number",
            "base_treaty",
            "name",
            "entry_type",
            "consolidated",
            "year",
            "entryforceyear",
            "language",
            "typememb",
            "regioncon",
            "wto_listed",
        ]
        if old:
            at = header.index("consolidated")
            header.pop(at)
            rows = [[*row[:at], *row[at + 1 :]] for row in rows]
        return self.text(name, header, rows, encoding="latin-1")

    def icio(
        self,
        *,
        edition: str = "2023",
        name: str = "2019_SML.csv",
        economies: Sequence[str] = ("PAK", "UZB"),
        **changes: float,
    ) -> Path:
        """Write two or three economies by two industries that add up."""
        economies = list(economies)
        industries = ["A01_02", "D"] if edition != "2025" else ["A01", "A02", "K"]
        if edition == "extended":
            economies = ["PAK", "CN1", "CN2"]
        demand = ["HFCE", "INVNT"]
        labels = [f"{e}_{i}" for e in economies for i in industries]
        columns = labels + [f"{e}_{d}" for e in economies for d in demand]
        total = "TOTAL" if edition == "2021" else "OUT"
        rows = []
        output: dict[str, float] = {}
        for at, label in enumerate(labels):
            cells = [float(10 * (at + 1) + number) for number in range(len(columns))]
            cells = [changes.get(f"{label}__{c}", v) for c, v in zip(columns, cells, strict=True)]
            output[label] = sum(cells)
            rows.append([label, *cells, changes.get(f"{label}__total", sum(cells))])
        taxes, added, last = (
            ("TAXSUB", "VALU", "TOTAL") if edition == "2021" else ("TLS", "VA", "OUT")
        )
        width = len(columns)
        rows.append([taxes, *[1.0] * width, float(width)])
        rows.append([added, *[2.0] * width, 2.0 * width])
        rows.append([last, *[output.get(column, 0.0) for column in columns], sum(output.values())])
        return self.text(name, ["V1", *columns, total], rows)

    def locode(self, *, header: bool = False, swapped: bool = False) -> Path:
        names = [
            "Change",
            "Country",
            "Location",
            "Name",
            "NameWoDiacritics",
            "Subdivision",
            "Function",
            "Status",
            "Date",
            "IATA",
            "Coordinates",
            "Remarks",
        ]
        rows = [list(row) for row in LOCODE_ROWS]
        if swapped:
            names[6], names[7] = names[7], names[6]
            for row in rows:
                row[6], row[7] = row[7], row[6]
        return self.text("places.csv", names if header else [], rows, encoding="latin-1")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)
