"""The weights of the blend, as versioned data: `data/weights.json`. The version goes with every shown suggestion.

    score = Σ wᵢ·fᵢ, fᵢ ∈ [0, 1]

    text   t / (t + c·q)         t: weighted BM25 of the document, q: Σ weight·idf of the question's terms
    near   d0 / (d0 + km)        a constant where nobody travels
    themes shared themes / asked themes (neutral 0.5 when the question has none)
    levels asked levels that fit / asked levels (1 when none is asked)
    kind   1 as asked, 0 for the other kind that answers for it
    trust  the offer's trust (0.5 when there is no data)

The shares wᵢ·fᵢ add up to the score, in the order above.
"""

import json
from dataclasses import dataclass
from functools import cache

from techfinder.matching.compounds import DATA
from techfinder.matching.terms import QueryWeights


@dataclass(frozen=True, slots=True)
class Weights:
    version: str
    text: float
    near: float
    themes: float
    levels: float
    kind: float
    trust: float
    c: float  # saturation of the text score
    d0: float  # km at which nearness is one half
    anywhere: float  # nearness of what needs no travel
    spread: float  # what each earlier offer of the same organisation costs, as a factor on the rank score
    first_time: float  # factor for schools that had nothing before, in `seekers`
    query: QueryWeights


@cache
def weights() -> Weights:
    data = json.loads((DATA / "weights.json").read_text(encoding="utf-8"))
    return Weights(**(data | {"query": QueryWeights(**data["query"])}))
