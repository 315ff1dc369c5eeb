"""Run a scenario in the world with sectors and input-output links."""
