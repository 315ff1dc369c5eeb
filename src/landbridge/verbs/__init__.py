"""The verbs of the tool: each a public function of a basis that returns a `Result`.

The class `landbridge.Model` carries them as methods, and the command line calls the same functions.
What may come in: studies, claims, and the pages that present them; nothing loads data here but
`asking.loading`. One module a verb, named after it: who knows the verb knows the file. No verb
knows another, but for `running`, which hands on what `welfare` finds, and `history`, a view of the
world table. What verbs share stands in ``asking``.
"""
