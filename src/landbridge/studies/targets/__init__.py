"""Stated targets of bilateral trade: how far they are, and what would reach them."""
