"""What deserves a person's look, found as facts arrive: each finding an `exception` with its evidence.

`table.DETECTORS` lists what is looked for; `run` looks. No fact is changed or held up by any of it.
"""
