"""The page, the map and the workbook."""
