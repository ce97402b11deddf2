"""What is compiled: importing this module makes the kernels, or loads what `compiling.py` made of them at set-up."""

from techfinder.matching import (
    answering,
    counting,
    inverted,
    kernel,
    lending,
    near_words,
    outlines,
    placing,
    search_kernel,
    search_order,
    seeking,
    splitting,
    wording,
)

FUNCTIONS = (
    answering.best, counting.counted, inverted.ceilings_of, inverted.laid, inverted.numbers, inverted.text_scores, inverted.together,
    kernel.run, lending.lent, near_words.marked, near_words.near, outlines.inside, outlines.outlined, placing.spotted,
    search_kernel.counts, search_kernel.found, search_order.ahead, search_order.exact, seeking.judged, splitting.parted,
    wording.answered,
)  # fmt: skip
