"""Formulas: text to a graph, exact derivatives of it, and the way back to text.

Nothing here computes values (that is the kernel's work), and nothing typed is ever run by Python.
"""
