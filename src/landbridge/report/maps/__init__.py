"""Maps of results and of the network, each a function to SVG."""
