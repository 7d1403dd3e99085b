"""Momentum and the adaptive methods, step for step against PyTorch's and Optax's own paths.

The paths stand in tests/data/optimizer_traces with the script that recorded them, and the versions.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import thalweg as tw

RECORDED = json.loads(
    (Path(__file__).parent.parent / "data" / "optimizer_traces" / "traces.json").read_text()
)
SETTINGS: dict[str, dict[str, float]] = {
    "heavy ball": {"alpha": 1e-4, "beta": 0.9},
    "adagrad": {"alpha": 0.1, "eps": 1e-10},
    "rmsprop": {"alpha": 0.01, "rho": 0.99, "eps": 1e-8},
    "adam": {"alpha": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "adamw": {"alpha": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
    "amsgrad": {"alpha": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "lion": {"alpha": 0.003, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.01},
}


@pytest.mark.parametrize("method", list(SETTINGS))
@pytest.mark.parametrize("name", list(RECORDED["traces"]))
def test_a_hundred_steps_are_those_of_the_well_known_library(name: str, method: str) -> None:
    trace = RECORDED["traces"][name]
    expected = np.array(trace["paths"][method])
    run = tw.descend(
        trace["formula"], trace["start"], method, options=SETTINGS[method], max_iterations=100, gtol=0
    )
    np.testing.assert_allclose(run.points, expected, rtol=1e-12, atol=1e-12)
