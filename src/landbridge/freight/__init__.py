"""How goods move: the network, its costs, and the least-cost path between two places.

The rooms stand in this order, and each imports only from those before it: ``network`` (tables and
the compiled network), ``edits`` (tables to tables), ``costs``, ``search``, ``routes``, ``choice``,
``skims``, then ``flows`` and ``profile``, and ``validate`` over all. Tables are edited, then
compiled; from ``costs`` on every function takes a compiled `FreightNetwork`, never tables.
"""
