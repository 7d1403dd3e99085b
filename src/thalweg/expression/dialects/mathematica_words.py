"""The words and signs of Mathematica's language that a formula cannot hold, and what to write instead."""

ELSE = {
    "Integrate": "integrals are not part of a formula",
    "D": "write the derivative itself; gradients are found by the program",
    "Function": "write only the body of the function",
    **dict.fromkeys(("Module", "With", "Block"), "write only its body, with the values put in"),
    **dict.fromkeys(("Minimize", "NMinimize", "FindMinimum", "Plot", "Plot3D"), "write only its first argument"),
    **dict.fromkeys(("N", "Simplify", "Evaluate"), "write only its argument"),
    **dict.fromkeys(("Piecewise", "UnitStep", "HeavisideTheta", "Boole", "Which"), "write If[x > 0, a, b]"),
    "Sec": "write 1/Cos[x]", "Csc": "write 1/Sin[x]", "Cot": "write 1/Tan[x]", "Csch": "write 1/Sinh[x]",
    "Coth": "write 1/Tanh[x]", "Sinc": "write Sin[x]/x", "Minus": "write -x", "Mod": "write x - n Floor[x/n]",
    "Round": "write Floor[x + 1/2]", "Ceiling": "write -Floor[-x]",
}  # fmt: skip
"""Heads that a formula cannot have, and what to write instead."""

NOT_NUMBERS = {
    "I": "a formula has real values",
    "Infinity": "a formula has finite numbers",
    "ComplexInfinity": "a formula has finite numbers",
    "Indeterminate": "a formula has finite numbers",
}

HINTS = {
    "[": "square brackets follow a function's name, as in Sin[x]; products take round ones",
    "[[": "a part belongs to a vector's name, as in x[[1]]",
    "{": "braces hold the index of a sum and its bounds, as in Sum[x[[i]]^2, {i, 1, n}]",
    "}": "there is no '{' before it",
    "**": "a power is written ^",
    "=": "write only what stands to the right of the equals sign",
    "_": "patterns are not part of a formula; an index is written Subscript[x, 1] or x1",
    "|": "the absolute value is Abs[x]",
    "!": "the factorial is not among the functions",
    "@": "write f[x] for f @ x",
    "&": "write the body of the function with a name for its argument",
    "#": "write the body of the function with a name for its argument",
    ";": "a formula is one expression",
    ".": "products take * or a blank",
    '"': "a formula holds names and numbers, no quoted text",
    ",": "decimals take a point; arguments stand in square brackets",
}
