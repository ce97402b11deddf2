"""`python -m techfinder.matching.compiled`: compile the kernel once, at set-up, so that no process compiles while it serves."""

from techfinder.matching import kernel

READY = tuple(f.nopython_signatures for f in (kernel.run, kernel.text_scores))
