"""Speed of the rules engine beside other engines, on one seeded load with equal answers.

``make bench`` runs ``python -m benchmarks`` and writes ``docs/benchmarks.md``; it takes about ten
minutes. ``python -m benchmarks --quick --out FILE`` runs everything in small; ``--only SECTION``
picks sections.

``form``        the load bound to no engine: facts, predicates, policies, answers
``firms``       seeded synthetic firms; ``workload``: seeded policies over them
``oracle``      the slow, plain meaning; tests hold every engine to it
``ours``        the load in this project's engine
``peers/``      the load in the others: NumPy by hand, Polars, DuckDB, OpenFisca-core for columns;
                zen-engine, common-expression-language, datalogic for one firm at a time
``sections/``   what is measured, a module a section of the report
``measure``     turns and medians; ``report``: the page

Each engine has its own translation of the load, made before the clock starts, in the forms that it
runs fastest; answers are compared before anything is measured.
"""
