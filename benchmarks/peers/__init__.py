"""The other engines, each in the best form we know for it."""
