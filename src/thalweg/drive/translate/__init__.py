"""Plain source of the automaton and its parts, translated into LLVM IR.

The language is small on purpose (`descent/vocabulary.py`): numbers, blocks and vectors, + - * /, comparisons, `abs`,
`if`, loops over `range`, and calls of functions that are written in it too.  Every call is inlined, every name is
resolved while translating, and the lanes of a block are part of its type, so that what is left is straight scalar
code.  Arithmetic is IEEE 754 without any fast-math flag, in the order in which it is written: the compiled code
gives the bits that the interpreter gives.

What is outside the language raises TranslationError, which names the line; such a part runs plain.

From the ground up: `values` (what there is while translating), `source` (syntax trees of functions), `instructions`
(lines of IR), `words` (the vocabulary), `expressions`, `statements`, and `function`, the whole.
"""

from __future__ import annotations

from thalweg.drive.translate.errors import TranslationError
from thalweg.drive.translate.function import translate

__all__ = ["TranslationError", "translate"]
