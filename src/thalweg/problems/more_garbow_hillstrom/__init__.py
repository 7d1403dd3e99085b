"""The collection of Moré, Garbow and Hillstrom (1981), on which solvers have been compared ever since.

Source: J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing unconstrained optimization software, ACM Transactions on
Mathematical Software 7(1), 17-41. Functions, starts and minima are the paper's; a minimum that it does not give says
who does.
"""

from thalweg.problems.more_garbow_hillstrom.collection import MORE_GARBOW_HILLSTROM
from thalweg.problems.more_garbow_hillstrom.residual_problem import Minimum, ResidualProblem

__all__ = ["MORE_GARBOW_HILLSTROM", "Minimum", "ResidualProblem"]
