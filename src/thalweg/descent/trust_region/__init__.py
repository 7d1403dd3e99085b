"""Methods for residuals that bound the step itself in place of searching along it."""
