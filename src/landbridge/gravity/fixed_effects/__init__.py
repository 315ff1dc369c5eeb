"""Fixed effects taken out: on a grid, by groups, or by a dense decomposition."""
