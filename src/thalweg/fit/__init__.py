"""A model fitted to data: parameters with their uncertainty."""
