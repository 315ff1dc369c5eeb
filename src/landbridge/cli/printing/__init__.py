"""Printing for a terminal: tables, answers, routes."""
