"""Tools of the repository, used by the build hook, the Makefile and the tests; not part of the package."""
