"""Draws: run many independent passes in a fixed order, and sum them up as bands."""
