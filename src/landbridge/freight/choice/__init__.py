"""Choice among modes and routes: a nested logit on generalised cost.

What comes in: costs by mode and the shares that shippers choose by them.
"""
