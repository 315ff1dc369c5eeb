"""The page, the map, the workbook and the machine-readable results of a study."""
