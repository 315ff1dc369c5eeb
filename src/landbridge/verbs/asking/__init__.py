"""What verbs are asked with, in the forms that a user writes: models, scenarios, networks, names.

No verb stands here and none is imported: a verb takes what it needs and adds its own question.
"""
