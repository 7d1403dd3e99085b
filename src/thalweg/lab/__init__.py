"""The laboratory: a page that draws and listens, and the Python side that computes for it."""
