"""The hard filters' codes, each a bit, and how little is "a little" for a near miss."""

CODES = (
    "kind", "levels", "reach", "period", "weekdays", "dayparts", "language",
    "full", "unavailable", "expired", "blocked",
)  # fmt: skip
BIT = {code: 1 << i for i, code in enumerate(CODES)}
NEAR_DAYS = 31  # a period missed by no more is almost right
NEAR_SHARE, NEAR_KM = 0.5, 5.0  # a reach missed by no more than this share of it plus this many km is almost right
