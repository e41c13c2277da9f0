"""One module a command of ``huiqi``: NAME, HELP, add_arguments, run."""
