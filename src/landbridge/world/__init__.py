"""The economy today: who sells what to whom, and how well that is known."""
