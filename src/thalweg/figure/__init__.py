"""Pictures for papers and slides, by matplotlib: arrays in, a figure out. What the arrays are of, it does not know."""
