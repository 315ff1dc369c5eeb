"""Drawing: escaped SVG, scales, labels, palette, projections. Knows nothing of results."""
