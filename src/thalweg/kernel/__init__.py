"""A graph as machine code: value, gradient and Hessian at one point, or at many points eight at a time."""
