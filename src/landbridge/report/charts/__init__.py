"""Charts of results, each a function from tables to SVG."""
