"""What runs by itself: one process with a table of jobs. `jobs` is the table, `process` runs it."""
