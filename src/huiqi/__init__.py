"""Huiqi 惠企: the rules of a region for its small and medium enterprises, as files that run."""

__version__ = "0.1.0"
