"""Drawings of trade: by year, beside its potential and targets, by supplier and industry."""
