"""The chain that every study runs: measures to trade costs to an equilibrium, once a draw."""
