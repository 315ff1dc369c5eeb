"""What estimates are used for: potential, parameters, a fitted world, panels."""
