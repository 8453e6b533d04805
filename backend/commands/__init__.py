"""The office's own tools that `python -m backend` offers, and what they share."""
