"""Many runs side by side: one problem by several methods, and several methods over a set of problems."""

from thalweg.survey.comparison import Comparison, compare
from thalweg.survey.performance import Profile, profile

__all__ = ["Comparison", "Profile", "compare", "profile"]
