"""`python -m techfinder.matching.compiled`: compile the kernel once, at set-up, so that no process compiles while it serves."""

from techfinder.matching import kernel, search_kernel

FUNCTIONS = (
    kernel.run, kernel.text_scores, search_kernel.bounds, search_kernel.counts, search_kernel.covered, search_kernel.reaching,
)  # fmt: skip
READY = tuple(f.nopython_signatures for f in FUNCTIONS)
