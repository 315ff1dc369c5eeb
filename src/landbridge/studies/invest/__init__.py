"""Which projects to build under a budget."""
