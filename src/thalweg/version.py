"""The version of the package, in its one place; the build reads it from here as text."""

__version__ = "0.1.0"
