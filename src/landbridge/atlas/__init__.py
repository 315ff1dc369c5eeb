"""What exists, where, since when, and who says so."""
