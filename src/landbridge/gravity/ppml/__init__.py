"""Fits of gravity equations: Poisson and least squares, inference, bias, separation."""
