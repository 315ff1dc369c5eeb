"""Choice among modes and routes: a nested logit on generalised cost."""
