"""The regression data sets that NIST certifies, and how a program fares on them.

They are the yardstick of fitting software: 11 linear and 27 nonlinear sets, each with parameters and standard errors
certified to 11 (nonlinear) or 15 digits. `sets.py` reads them, `scores.py` fits them, `peers.py` lets others do it.
"""
