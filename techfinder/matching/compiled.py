"""`python -m techfinder.matching.compiled`: make kernel and lexicon once, at set-up, so that no process does while it serves."""

from techfinder.matching import geometry, kernel, search_kernel
from techfinder.matching.analysis import analyser

FUNCTIONS = (
    kernel.run, kernel.counted, kernel.text_scores, geometry.ceilings_of,
    search_kernel.bounds, search_kernel.counts, search_kernel.covered, search_kernel.reaching,
)  # fmt: skip
READY = tuple(f.nopython_signatures for f in FUNCTIONS)
analyser()
