"""Synthetic firms 合成企业: for demonstrations, tests and load tests. No real firm is in them.

===================  =====================================================================
``assumptions``      the files ``sample/*.yaml`` of a jurisdiction: all that is assumed
``columns``          which facts are made, and how they are held
``places``           industries, areas and size classes of the firms
``anchors``          people, revenue and assets within the bounds of the size class
``recipes``          one recipe of the files, compiled
``generator``        firms in blocks, the same for the same seed
``identity``         names and credit codes that cannot be a real firm's
``wrong_cells``      mistakes as people make them
``table``            firms as a table to be written
``writing``          .xlsx, .csv, .parquet
``cover``            a small set that reaches every policy and every size class
===================  =====================================================================
"""
