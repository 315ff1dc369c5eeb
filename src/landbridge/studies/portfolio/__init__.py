"""Groups of economies as portfolios of risk and return."""
