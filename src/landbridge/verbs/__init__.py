"""The verbs of the tool: each a public function of a basis that returns a `Result`.

The class `landbridge.Model` carries them as methods, and the command line calls the same functions.
What may come in: studies, claims, and the pages that present them; nothing loads data here but
`loading`. One module a verb, named after it: who knows the verb knows the file. The room is wide by
design and one deep. `asked`, `fits`, `networks` and `scenarios` read what verbs share.
"""
