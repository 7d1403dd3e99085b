"""Names in a formula: the constants, and the one spelling of names that may be typed in Greek letters."""

from __future__ import annotations

import math

CONSTANTS: dict[str, float] = {"pi": math.pi, "Pi": math.pi, "PI": math.pi, "e": math.e}
"""Names that stand for a number, unless a formula's variables, parameters or columns claim them."""

GREEK: dict[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
"""Letters by the names they have in a formula."""

_VARIANTS = {
    "ϵ": "epsilon",
    "ϑ": "theta",
    "ϕ": "phi",
    "ϱ": "rho",
    "ς": "sigma",
    "ϰ": "kappa",
    "µ": "mu",
    "Ω": "Omega",
}

LETTERS: dict[str, str] = {letter: name for name, letter in GREEK.items()} | _VARIANTS
"""Names of the letters, variant forms and lookalike signs (micro, ohm) included."""

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def canonical(name: str) -> str:
    """Return the one name for all spellings of it: Greek letters by their names, subscripts as digits.

    >>> canonical("α₁"), canonical("x_1")
    ('alpha1', 'x_1')
    """
    if name.isascii():
        return name
    return LETTERS.get(name[0], name[0]) + name[1:].translate(SUBSCRIPTS)


def is_word(name: str) -> bool:
    """Say whether a name reads as a word, as functions are named, rather than as a letter with an index."""
    return name[:2].isalpha() and len(name) > 1 and name.rstrip("0123456789_") not in GREEK
