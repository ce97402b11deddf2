"""The addresses of a segment's arrays, compiled: asking Python for sixty takes as long as a question (`addresses.py`)."""

from typing import Any

import numpy as np
from llvmlite.ir import Constant, IntType
from numba import njit
from numba.core import cgutils
from numba.core.types import none
from numba.extending import intrinsic
from numba.types import int64  # type: ignore[attr-defined]

from techfinder.matching.addresses import WORDS
from techfinder.matching.bounding import AREAS, BLOCKS
from techfinder.matching.inverted import TEXT
from techfinder.matching.judging import DOCS, POINTS

KINDS = (DOCS, POINTS, AREAS, BLOCKS, TEXT)
FIRSTS = tuple(WORDS * sum(len(kind.types) for kind in KINDS[:n]) for n in range(len(KINDS) + 1))


def _put(_: Any, row: Any, first: Any, arrays: Any) -> Any:
    """Write the numbers of the arrays of a tuple into `row`, from `first` on."""

    def made(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        numbers, word = context.make_array(signature.args[0])(context, builder, values[0]).data, IntType(64)
        for i, type_ in enumerate(signature.args[2].types):
            array = context.make_array(type_)(context, builder, builder.extract_value(values[2], i))
            found = [builder.ptrtoint(array.data, word), *cgutils.unpack_tuple(builder, array.shape)]
            found += [Constant(word, 0)] * (WORDS - len(found))
            for n, number in enumerate(found):
                builder.store(number, builder.gep(numbers, [builder.add(values[1], Constant(word, WORDS * i + n))]))
        return context.get_dummy_value()

    return none(row, first, arrays), made


put: Any = intrinsic(_put)


@njit(int64[::1](*KINDS), cache=True, nogil=True)
def lent(docs, points, areas, blocks, text):
    """The numbers of all arrays of `Segment.arguments`, as `addresses.addressed`."""
    row = np.empty(FIRSTS[5], np.int64)
    put(row, FIRSTS[0], docs)
    put(row, FIRSTS[1], points)
    put(row, FIRSTS[2], areas)
    put(row, FIRSTS[3], blocks)
    put(row, FIRSTS[4], text)
    return row
