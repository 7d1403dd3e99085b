"""A method and an objective brought together."""

from __future__ import annotations


def warm(*methods: str) -> None:
    """Make ahead what is made once in a process, so that no later run has to wait for it.

    That is: the elementary functions, and `methods` (by default gradient descent and armijo) as machine code, which
    takes about a tenth of a second a method for each of two sizes.

    Example:
        >>> warm("bfgs")
    """
    from thalweg.drive.compiled import warm as warm_methods
    from thalweg.kernel.kernel import warm as warm_kernels

    warm_kernels()
    warm_methods(methods or ("gradient descent", "armijo"))
