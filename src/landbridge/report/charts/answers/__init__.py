"""Drawings of answers: a comparison, a coalition, a choice, a portfolio, a claim, a validation."""
