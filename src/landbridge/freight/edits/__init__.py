"""Edits of the network's tables: projects, links, borders, seasons, rates, a user's own rows.

What comes in: records of what is to change, and functions that take `FreightTables` and return
`FreightTables`. A network is compiled in two places only, `applying.apply_edits` and
`replacing.with_own_data`, once for all edits. Measures of scenarios belong in
`landbridge.scenarios.measures`.
"""
