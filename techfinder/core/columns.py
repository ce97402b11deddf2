"""Column types that several packages share."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlalchemy.ext.mutable import MutableList

LevelMask = BigInteger  # a set of levels as bits; see reference.levels
CodeList = MutableList.as_mutable(JSON)  # a short list of vocabulary codes
Json = dict[str, Any]
