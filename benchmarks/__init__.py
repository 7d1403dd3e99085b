"""Measurements beside the peers, in one run: ``python -m benchmarks.run [name ...]``.  Never a timed test."""
