"""A method and an objective brought together."""

from __future__ import annotations


def warm() -> None:
    """Make ahead what is made once in a process: the named methods and the elementary functions as machine code.

    It takes some 0.4 s, for which no later run then has to wait.
    """
    from thalweg.drive.compiled import warm as warm_methods
    from thalweg.kernel.kernel import warm as warm_kernels

    warm_kernels()
    warm_methods()
