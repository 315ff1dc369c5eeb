"""Trade put on the network: assignment, and the elements that carry it."""
