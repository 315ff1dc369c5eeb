"""Files of the trade: CSV, JSON, GeoJSON, GeoPackage, columns with titles and units."""
