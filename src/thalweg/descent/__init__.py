"""How a method goes down: the automaton, its parts, and the named methods.

Nothing here calls the function that is minimised, and nothing here imports the floors that know it.
"""
