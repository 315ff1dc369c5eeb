"""Cost-benefit analysis: what a scenario costs, what it brings, year by year."""
