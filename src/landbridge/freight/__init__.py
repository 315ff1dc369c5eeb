"""How goods move: the network, its costs, and the least-cost way between two places."""
