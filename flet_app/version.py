"""Which Recaudo this is; the two `pyproject.toml` say the same."""

VERSION = "0.1.0"
