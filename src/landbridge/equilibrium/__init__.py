"""What the world becomes: solved, with a certificate."""
