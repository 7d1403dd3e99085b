"""Record the learning-rate schedules of PyTorch and optax, with which `Schedule` is compared.

Run once with torch, jax and optax installed: ``python tests/data/schedules/record.py``.  It writes schedules.json
beside itself, with versions: for each schedule the options of `Schedule` and the lengths at k = 0, 1, ..., 60.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

COUNT = 61
ALPHA = 0.3


def record() -> dict[str, Any]:
    """Every schedule that one of the libraries has."""
    import jax
    import optax
    import torch

    jax.config.update("jax_enable_x64", True)
    scheduler = torch.optim.lr_scheduler
    rows: list[dict[str, Any]] = []

    def from_torch(options: dict[str, Any], make: Any) -> None:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=ALPHA)
        schedule = make(optimizer)
        lengths: list[float] = []
        for _ in range(COUNT):
            lengths.append(schedule.get_last_lr()[0])
            optimizer.step()
            schedule.step()
        rows.append({"library": "torch", "options": options, "lengths": lengths})

    def from_optax(options: dict[str, Any], schedule: Any) -> None:
        lengths = [float(schedule(jax.numpy.asarray(float(k)))) for k in range(COUNT)]
        rows.append({"library": "optax", "options": options, "lengths": lengths})

    from_torch(
        {"shape": "cosine", "period": 60, "floor": 0.1},
        lambda o: scheduler.CosineAnnealingLR(o, 60, 0.1 * ALPHA),
    )
    from_torch({"shape": "exponential", "period": 1, "gamma": 0.9}, lambda o: scheduler.ExponentialLR(o, 0.9))
    from_torch({"shape": "step", "period": 7, "gamma": 0.4}, lambda o: scheduler.StepLR(o, 7, 0.4))
    from_optax(
        {"shape": "cosine", "period": 40, "floor": 0.1}, optax.cosine_decay_schedule(ALPHA, 40, alpha=0.1)
    )
    from_optax({"shape": "exponential", "period": 9, "gamma": 0.4}, optax.exponential_decay(ALPHA, 9, 0.4))
    from_optax(
        {"shape": "step", "period": 9, "gamma": 0.4}, optax.exponential_decay(ALPHA, 9, 0.4, staircase=True)
    )
    from_optax(
        {"shape": "cosine", "period": 30, "warmup": 9, "floor": 0.0},
        optax.warmup_cosine_decay_schedule(ALPHA / 10, ALPHA, 9, 39),
    )
    return {
        "versions": {"torch": torch.__version__, "optax": optax.__version__},
        "alpha": ALPHA,
        "schedules": rows,
    }


if __name__ == "__main__":
    (Path(__file__).parent / "schedules.json").write_text(json.dumps(record(), indent=1) + "\n")
