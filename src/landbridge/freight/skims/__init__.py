"""Skims: generalised cost between economies, and from their centres to every port."""
