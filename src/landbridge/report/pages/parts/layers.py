"""Layers for a GIS beside the files of a study: GeoPackage and GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.geolayers import GeoLayer, geojson
from landbridge.report.formats.geopackage import write_geopackage
from landbridge.report.presentation import OnDemand, Presentation, beside


def with_layers(
    made: Presentation, layers: Sequence[GeoLayer], *, name: str, collection: str = ""
) -> Presentation:
    """Add ``NAME.geojson`` and ``NAME.gpkg`` to the files of a study, and say which is its map.

    Parameters
    ----------
    made
        The files; the drawing named ``map`` among its figures becomes the map.
    layers
        Points and lines on the freight network.
    name
        Stem of the files.
    collection
        Name of the collection in the GeoJSON; the stem where empty.
    """

    def text() -> str:
        return geojson(layers, name=collection or name, attribution=ATTRIBUTION)

    return replace(
        made,
        texts=beside(made.texts, OnDemand({f"{name}.geojson": text})),
        writers={
            **made.writers,
            f"{name}.gpkg": lambda path: write_geopackage(path, layers, attribution=ATTRIBUTION),
        },
        map_name="map" if "map" in made.figures else "",
    )
