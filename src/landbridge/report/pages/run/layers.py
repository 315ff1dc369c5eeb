"""What a run found, as layers for a GIS: economies, and flows of freight where there are any."""

from __future__ import annotations

from landbridge.atlas.economies import centres
from landbridge.report.formats.geolayers import GeoLayer
from landbridge.studies.run.results import RunResult


def run_layers(result: RunResult) -> list[GeoLayer]:
    """Lay out a run for a GIS.

    Parameters
    ----------
    result
        What the run found.

    Returns
    -------
    list of GeoLayer
        ``economies``, a point at the largest centre of each with its change of income; with flows
        ``links``, ``ports`` and ``crossings`` as well.
    """
    layers = [_economies(result)]
    if result.freight is not None:
        layers += [
            GeoLayer(one.name, one.places, one.table)
            for one in result.freight.layers
            if len(one.table)
        ]
    return layers


def _economies(result: RunResult) -> GeoLayer:
    table = centres()
    largest = table.sort_values(
        "population_assigned", ascending=False, kind="stable"
    ).drop_duplicates("iso3")
    where = {
        str(iso3): (float(longitude), float(latitude))
        for iso3, longitude, latitude in zip(
            largest["iso3"], largest["longitude"], largest["latitude"], strict=True
        )
    }
    there = result.income[result.income["iso3"].isin(where)].reset_index(drop=True)
    return GeoLayer("economies", tuple((where[code],) for code in there["iso3"]), there)
