"""One reader a file format that the field publishes."""
