"""Arrays as compiled code takes them: a row of addresses and lengths, and arrays made of it again.

Handing sixty arrays from Python to compiled code one by one takes longer than many a search, and a search of six segments would do it
six times; and where other work has emptied the processor's caches, every object that Python looks at on the way costs ten times what it
costs otherwise. Whoever hands on addresses holds the arrays until the compiled function is back.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from llvmlite.ir import Constant, IntType
from numba.core import cgutils
from numba.core.types import Array
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

WORDS = 3  # of an array: where it begins, and its lengths


def address_of(array: np.ndarray) -> int:
    """Where it begins."""
    return int(array.__array_interface__["data"][0])


def addressed(arrays: Iterable[np.ndarray]) -> list[int]:
    """The numbers of arrays that lie in memory one entry after the other, of one or two dimensions."""
    row: list[int] = []
    for array in arrays:
        assert array.flags.c_contiguous and array.ndim <= 2
        row += [address_of(array), *array.shape, *[0] * (2 - array.ndim)]
    return row


class Lent:
    """Arrays as one number: where the row of their addresses begins, true as long as this object lives, which holds `also`."""

    __slots__ = ("_held", "_row", "address")

    def __init__(self, *arrays: np.ndarray, also: Any = None):
        self._held, self._row = (arrays, also), np.array(addressed(arrays), np.int64)
        self.address = address_of(self._row)


def _taking(kind: Any) -> Any:
    def taken(_: Any, row: Any, first: Any) -> Any:
        def made(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            word, arrays = IntType(64), []
            if isinstance(signature.args[0], Array):
                numbers = context.make_array(signature.args[0])(context, builder, values[0]).data
            else:
                numbers = builder.inttoptr(values[0], word.as_pointer())
            for i, type_ in enumerate(kind.types):
                at = [builder.add(values[1], Constant(word, WORDS * i + n)) for n in range(WORDS)]
                address, *shape = [builder.load(builder.gep(numbers, [n])) for n in at]
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
    """A function for compiled code, (row, first): the arrays of the tuple type `kind` whose numbers begin at `first` of a row, which is
    int64 [n] or the address of one."""
    return intrinsic(_taking(kind))
