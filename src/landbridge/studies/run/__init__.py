"""Run one scenario: routes, trade costs, equilibrium, bands, and what they rest on."""
