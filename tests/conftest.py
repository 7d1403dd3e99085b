"""What holds for every test: property tests draw the same examples each time.

To search further than that, on one's own machine: ``HYPOTHESIS_PROFILE=explore pytest tests/expression``.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
