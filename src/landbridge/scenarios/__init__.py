"""What changes: measures, parameters, and the change of trade costs they make."""
