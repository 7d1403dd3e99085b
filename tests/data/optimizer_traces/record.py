"""Records how PyTorch's and Optax's optimisers go, for tests that compare with them step for step.

Run once with torch, jax and optax installed: ``python tests/data/optimizer_traces/record.py``. It writes traces.json
beside itself, with the versions.
"""

from __future__ import annotations

import json
from pathlib import Path


def record() -> None:
    import jax
    import jax.numpy as jnp
    import optax
    import torch

    jax.config.update("jax_enable_x64", True)
    steps = 100
    functions = {
        "rosenbrock": (
            "(1-x)^2 + 100*(y-x^2)^2",
            lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
            [-1.2, 1.0],
        ),
        "bowl": ("x^2/2 + 10*y^2 + x*y", lambda x: x[0] ** 2 / 2 + 10 * x[1] ** 2 + x[0] * x[1], [3.0, -4.0]),
    }
    in_torch = {
        "heavy ball": (torch.optim.SGD, {"lr": 1e-4, "momentum": 0.9}),
        "adagrad": (torch.optim.Adagrad, {"lr": 0.1, "eps": 1e-10}),
        "rmsprop": (torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}),
        "adam": (torch.optim.Adam, {"lr": 0.05, "betas": (0.9, 0.999), "eps": 1e-8}),
        "adamw": (torch.optim.AdamW, {"lr": 0.05, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}),
        "amsgrad": (torch.optim.Adam, {"lr": 0.05, "betas": (0.9, 0.999), "eps": 1e-8, "amsgrad": True}),
    }

    def torch_path(make: type, settings: dict, f, start: list[float]) -> list[list[float]]:
        x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimizer = make([x], **settings)
        path = [x.tolist()]
        for _ in range(steps):
            optimizer.zero_grad()
            f(x).backward()
            optimizer.step()
            path.append(x.tolist())
        return path

    def optax_path(optimizer: optax.GradientTransformation, f, start: list[float]) -> list[list[float]]:
        x = jnp.array(start)
        state = optimizer.init(x)
        path = [x.tolist()]
        for _ in range(steps):
            updates, state = optimizer.update(jax.grad(f)(x), state, x)
            x = optax.apply_updates(x, updates)
            path.append(x.tolist())
        return path

    traces = {}
    for name, (text, f, start) in functions.items():
        paths = {
            method: torch_path(make, settings, f, start) for method, (make, settings) in in_torch.items()
        }
        paths["lion"] = optax_path(optax.lion(0.003, b1=0.9, b2=0.99, weight_decay=0.01), f, start)
        traces[name] = {"formula": text, "start": start, "paths": paths}
    versions = {"torch": torch.__version__, "jax": jax.__version__, "optax": optax.__version__}
    Path(__file__).with_name("traces.json").write_text(json.dumps({"versions": versions, "traces": traces}))


if __name__ == "__main__":
    record()
