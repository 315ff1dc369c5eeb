"""Studies: each answers one question about a change, from a model to tables with bands."""
