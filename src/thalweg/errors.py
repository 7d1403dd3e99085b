"""The exceptions of the library, all under one root so that a caller can catch them together."""


class ThalwegError(Exception):
    """Root of every error that Thalweg raises on purpose; its message is one sentence a user can act on."""


class ParameterError(ThalwegError, ValueError):
    """A parameter of a method, of a run or of a formula has a name or a value that is not allowed."""
