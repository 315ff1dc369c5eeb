"""GeoPackage files (OGC 12-128r19), which QGIS, ArcGIS and GDAL open as they are.

GDAL writes them, by way of pyogrio; geometries are handed over as well-known binary.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.report.formats.geolayers import GeoLayer, Place, cut_at_date_line
from landbridge.report.formats.values import plain

WGS_84: Final = "EPSG:4326"
# A fixed date keeps the bytes the same from run to run.
WRITTEN: Final = "2000-01-01T00:00:00.000Z"
_DATE_OPTION: Final = "OGR_CURRENT_DATE"
_POINT, _LINE, _LINES = 1, 2, 5
_LITTLE: Final = 1


def write_geopackage(path: Path, layers: Sequence[GeoLayer], *, attribution: str = "") -> None:
    """Write layers of points and lines into one GeoPackage.

    Parameters
    ----------
    path
        The file; one of that name is replaced when all of the new one is written.
    layers
        One or more, of different names. Lines that cross the 180th meridian are cut there, and
        their layer holds multi-part lines.
    attribution
        Whose data the layers show: the description of each layer.

    Raises
    ------
    InputError
        There is no layer, two have one name, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> town = GeoLayer("towns", (((69.2, 41.3),),), pd.DataFrame({"town": ["Tashkent"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_geopackage(Path(folder) / "towns.gpkg", [town])
    ...     (Path(folder) / "towns.gpkg").stat().st_size > 0
    True
    """
    path = Path(path)
    names = [layer.name for layer in layers]
    if not names or len(set(names)) < len(names):
        raise InputError("layers need different names, and one at least.", where=str(path))
    if path.is_dir():
        raise InputError("this is a folder, not a file.", where=str(path))
    try:
        with tempfile.TemporaryDirectory(prefix=".landbridge-", dir=path.parent) as holder:
            made = Path(holder) / "layers.gpkg"
            with _fixed_date():
                for layer in layers:
                    _write_layer(made, layer, attribution)
            os.replace(made, path)  # noqa: PTH105 - replaces on every system
    except _write_errors() as error:
        raise InputError(
            f"cannot be written ({getattr(error, 'strerror', None) or error}).",
            where=str(path),
            mend="Choose another place.",
        ) from error


def _write_errors() -> tuple[type[Exception], ...]:
    """List what says that a file cannot be written: GDAL does not say it as the system does."""
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415 - as below

    return (OSError, DataLayerError, DataSourceError)


@contextmanager
def _fixed_date() -> Iterator[None]:
    import pyogrio  # noqa: PLC0415 - it loads GDAL, which only this file needs

    former = pyogrio.get_gdal_config_option(_DATE_OPTION)
    pyogrio.set_gdal_config_options({_DATE_OPTION: WRITTEN})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_DATE_OPTION: former})


def _write_layer(path: Path, layer: GeoLayer, attribution: str) -> None:
    from pyogrio.raw import write  # noqa: PLC0415 - as above

    kind, shapes = _geometries(layer)
    columns = [_column(layer.table[name]) for name in layer.table.columns]
    write(
        str(path),
        np.array(shapes, dtype=object),
        field_data=[values for values, _ in columns],
        fields=np.array([str(name) for name in layer.table.columns], dtype=object),
        field_mask=[mask for _, mask in columns],
        layer=layer.name,
        driver="GPKG",
        geometry_type=kind,
        crs=WGS_84,
        append=False,
        layer_options={"DESCRIPTION": attribution} if attribution else None,
    )


def _geometries(layer: GeoLayer) -> tuple[str, list[bytes]]:
    if layer.is_points:
        return "Point", [_point(shape[0]) for shape in layer.shapes]
    cut = [cut_at_date_line(shape) for shape in layer.shapes]
    if all(len(parts) == 1 for parts in cut):
        return "LineString", [_line(parts[0]) for parts in cut]
    return "MultiLineString", [
        struct.pack("<BII", _LITTLE, _LINES, len(parts)) + b"".join(map(_line, parts))
        for parts in cut
    ]


def _point(place: Place) -> bytes:
    return struct.pack("<BIdd", _LITTLE, _POINT, *place)


def _line(places: Sequence[Place]) -> bytes:
    head = struct.pack("<BII", _LITTLE, _LINE, len(places))
    return head + np.array(places, dtype="<f8").tobytes()


def _column(values: pd.Series) -> tuple[np.ndarray, np.ndarray | None]:
    """Convert a column to what GDAL takes, and mark which of its values are missing."""
    cells = [plain(value) for value in values]
    missing = np.array([cell is None for cell in cells], dtype=bool)
    mask = missing if missing.any() else None
    if pd.api.types.is_bool_dtype(values):
        return np.array([bool(cell) for cell in cells], dtype=bool), mask
    if pd.api.types.is_integer_dtype(values):
        return np.array([int(cell or 0) for cell in cells], dtype=np.int64), mask
    if pd.api.types.is_numeric_dtype(values):
        floats = [np.nan if cell is None else float(cell) for cell in cells]
        return np.array(floats, dtype=np.float64), mask
    return np.array([None if cell is None else str(cell) for cell in cells], dtype=object), mask
