"""Drawings of ways: legs, time and cost by distance, trips beside each other."""
