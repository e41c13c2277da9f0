"""All firms at once: a program over columns of firms, as operations on bit planes.

A *plane* has one bit a firm, 64 firms to a word: 100,000 firms are 12.5 KB, and "and" over
all of them takes a microsecond. A condition is two planes, because it has three values:

    certain   true                         true 1 1
    possible  true or unknown           unknown 0 1
                                          false 0 0

"And" and "or" on both are Kleene's; a negation exchanges the two and turns their bits over. They
lie next to each other, so each is one operation. A condition that cannot be unknown is one plane.

*Bit-slicing.* What the rules ask of one fact changes only at their cut points: 20 人, 300 万元, the
ends of a branch of industries. A column is therefore stored as the rank of each value among the
cut points of the whole program, a plane a binary digit. "rank >= 5" is one operation a digit:
with the digits of 5 = 101 it is d2 & (d1 | d0), and the tests on lower digits are shared. Values
themselves are needed only for arithmetic.

From rules to answers:

1. ``plan``      cut points of each fact, order of the numbers that depend on conditions
2. ``columns``   a frame of stored integers → digits, known firms, values
3. ``schedule``  the conditions as a straight list of steps ``out = left operation right``, parts
                 before wholes, each once; ``atoms`` writes those of one fact, ``operands`` says
                 what steps work on, ``registers`` lets them share working space
4. ``machine``   carries the steps out over the columns of a chunk
5. ``numbers``   what rules calculate, exactly: ``tape``, a list of NumPy operations on 64-bit
                 integers, where bounds show that they do; ``arithmetic``, the plain way, for
                 choices and for Python's integers of any size
6. ``amounts``   of the eligible firms only, taken by their plane
7. ``chunk``     the answers: totals, states, amounts, what is unmet, and ``missing``

``firms`` puts these together. ``streaming`` runs any number of firms in shards, ``shipping`` sends
a program to other processes, ``incremental`` keeps a population up to date. Read them in this
order: plan, columns, operands, atoms, schedule, machine; the rest stands alone.

    engine = AllFirms(program)
    totals = engine.totals(engine.encode(frame))        # eligible, undetermined, fen: a rule
    states = engine.chunk(engine.encode(frame)).states(0)      # 0, 1 or 3: a firm

Everything must say what ``single`` says of each firm (property-tested). Why it is done so:
docs/decisions/0003-bit-planes-for-all-firms.md.
"""

from huiqi.rules.batch.chunk import Chunk
from huiqi.rules.batch.columns import Columns
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.batch.incremental import Population
from huiqi.rules.batch.streaming import Progress, run
from huiqi.rules.batch.totals import RuleTotals, Totals

__all__ = ["AllFirms", "Chunk", "Columns", "Population", "Progress", "RuleTotals", "Totals", "run"]
