"""The same rules as SQL, for those whose enterprises live in a database.

One SELECT a policy, built as a tree with sqlglot and written out for DuckDB, PostgreSQL, Spark or
ClickHouse. `statements` puts it together, `expressions` writes conditions and numbers, `codes`
industries and areas, `table` says what the table looks like, `dialects` what databases say
differently, `steps` what is worth computing once.
"""
