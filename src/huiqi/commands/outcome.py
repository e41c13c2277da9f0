"""Exit codes and the one exception a command raises when it cannot do its work."""

DONE, PROBLEMS, NOT_DONE = 0, 1, 2


class Failed(Exception):
    """The command cannot be done; the text says what is wrong and what to do."""
