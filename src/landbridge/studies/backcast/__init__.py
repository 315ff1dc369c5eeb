"""Predictions of past agreements beside what happened."""
