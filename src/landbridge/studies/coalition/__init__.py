"""Coalitions: who gains by joining, who would leave, and what would hold them."""
