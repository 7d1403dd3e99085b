"""Search directions: one file for each family."""

from thalweg.descent.directions.gradient import SteepestDescent

__all__ = ["SteepestDescent"]
