"""LLVM IR of a translated method, optimised and turned into machine code."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

SPEED_LEVEL = 2
_lock = threading.Lock()


def _llvm() -> Any:
    import llvmlite.binding

    return llvmlite.binding


@lru_cache(maxsize=1)
def _target() -> Any:
    llvm = _llvm()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # AVX-512 mask registers make scalar selections slow, and there is nothing here for its vectors
    features = llvm.get_host_cpu_features()
    names = [("+" if on and not name.startswith("avx512") else "-") + name for name, on in features.items()]
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=",".join(names), opt=SPEED_LEVEL
    )


class Code:
    """Machine code made of LLVM IR; it lives as long as this object."""

    def __init__(self, ir: str) -> None:
        llvm = _llvm()
        with _lock:
            module = llvm.parse_assembly(ir)
            module.verify()
            target = _target()
            tuning = llvm.create_pipeline_tuning_options(speed_level=SPEED_LEVEL)
            passes = llvm.create_pass_builder(target, tuning)
            passes.getModulePassManager().run(module, passes)
            self._engine: Any = llvm.create_mcjit_compiler(module, target)
            self._engine.finalize_object()

    def address(self, name: str) -> int:
        """Where a function begins."""
        return self._engine.get_function_address(name)
