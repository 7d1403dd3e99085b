"""How a run ended and why: the certificate of its end point, the curvature it met, and both in words."""
