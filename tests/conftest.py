"""Settings for all tests."""

from hypothesis import HealthCheck, settings

# The same examples in every run: a failure in continuous integration can be repeated anywhere.
# No deadline: how fast a case is depends on the machine, not on whether it is right.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# `pytest --hypothesis-profile=thorough` searches anew, and longer.
settings.register_profile(
    "thorough", parent=settings.get_profile("ci"), derandomize=False, max_examples=2000
)
