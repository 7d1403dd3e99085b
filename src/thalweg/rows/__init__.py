"""Rows of data: tables whose columns a model reads."""
