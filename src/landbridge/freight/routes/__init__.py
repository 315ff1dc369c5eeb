"""Routes between two places, leg by leg, and the alternatives to them."""
