"""`thalweg methods` and `thalweg problems`: what there is."""

from __future__ import annotations

from thalweg.cli.commands.options import Json


def methods(as_json: Json = False) -> None:
    """List the methods with their parameters: name, default, range, meaning."""
    from thalweg.cli.listing import list_methods

    list_methods(as_json=as_json)


def problems(as_json: Json = False) -> None:
    """List the problems of the catalogue, which 'thalweg descend' and the laboratory know by name."""
    from thalweg.cli.listing import list_problems

    list_problems(as_json=as_json)
