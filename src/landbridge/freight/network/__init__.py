"""The freight network: its tables, the compiled network, and what stands where.

What comes in: tables that are read and checked, names that are looked up in them, what compiles
them into the one type that can be asked for routes (`compiled.FreightNetwork`), and the lines and
corridors of that network. What an edit changes belongs in ``edits``; a value that depends on a
shipment, a draw or a parameter in ``costs``.
"""
