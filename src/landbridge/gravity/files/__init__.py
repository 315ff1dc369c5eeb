"""Estimation files in, regression tables and plots out."""
