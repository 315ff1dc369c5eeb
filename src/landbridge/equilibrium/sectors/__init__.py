"""Many sectors with input-output links, in exact-hat form."""
