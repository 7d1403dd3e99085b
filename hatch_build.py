"""Build hook: puts the laboratory's page into the package, for wheels, sdists and editable installs alike.

All it knows is when; how the page is built stands in `scripts/frontend.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))  # a build front end runs with a path of its own
from scripts import frontend


class PageBuildHook(BuildHookInterface[Any]):
    """Builds the page unless it is up to date."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, only where a build is due and the system has none."""
        return [] if frontend.is_fresh() or frontend.has_system_node() else [frontend.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files of the distribution are collected."""
        try:
            frontend.build()
        except frontend.FrontendError as error:
            self.app.abort(f"thalweg: {error}")
