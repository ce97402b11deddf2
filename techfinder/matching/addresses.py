"""A segment's arrays as compiled code takes them: a row of addresses and lengths, and arrays made of it again.

Handing sixty arrays from Python to compiled code one by one takes longer than many a search, and a search of six segments would do it
six times. Whoever hands on addresses holds the arrays until the compiled function is back.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from llvmlite.ir import Constant, IntType
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

WORDS = 3  # of an array: where it begins, and its lengths


def addressed(arrays: Iterable[np.ndarray]) -> list[int]:
    """The numbers of arrays that lie in memory one entry after the other, of one or two dimensions."""
    row: list[int] = []
    for array in arrays:
        assert array.flags.c_contiguous and array.ndim <= 2
        row += [array.__array_interface__["data"][0], *array.shape, *[0] * (2 - array.ndim)]
    return row


def _taking(kind: Any) -> Any:
    def taken(_: Any, row: Any, first: Any) -> Any:
        def made(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            numbers, word, arrays = context.make_array(signature.args[0])(context, builder, values[0]), IntType(64), []
            for i, type_ in enumerate(kind.types):
                at = [builder.add(values[1], Constant(word, WORDS * i + n)) for n in range(WORDS)]
                address, *shape = [builder.load(builder.gep(numbers.data, [n])) for n in at]
                shape, size = shape[: type_.ndim], Constant(word, context.get_abi_sizeof(context.get_data_type(type_.dtype)))
                array = context.make_array(type_)(context, builder)
                populate_array(
                    array,
                    data=builder.inttoptr(address, array.data.type),
                    shape=cgutils.pack_array(builder, shape),
                    strides=cgutils.pack_array(builder, [builder.mul(size, n) for n in shape[1:]] + [size]),
                    itemsize=size,
                    meminfo=None,
                )
                arrays.append(array._getvalue())
            return context.make_tuple(builder, kind, arrays)

        return kind(row, first), made

    return taken


def taking(kind: Any) -> Any:
    """A function for compiled code, (row int64 [n], first): the arrays of the tuple type `kind` whose numbers begin at `first`."""
    return intrinsic(_taking(kind))
