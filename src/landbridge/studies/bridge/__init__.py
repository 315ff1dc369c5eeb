"""Bridges from published studies to this world: what part of a difference is what."""
