"""SciPy's `minimize` with Thalweg's methods: its signature, its spellings, its result."""

from thalweg.scipy_like.call import minimize as minimize
from thalweg.scipy_like.call import scipy_method as scipy_method
