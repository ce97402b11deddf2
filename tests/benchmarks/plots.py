"""Small charts as SVG: logarithmic on both axes, a line with dots per engine, a legend beside them."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

COLOURS = {"ours": "#c2410c"}
OTHERS = ("#1d4ed8", "#047857", "#7c3aed", "#0e7490", "#6b7280", "#a16207")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 300, 230, 44, 36, 26
Line = Sequence[tuple[float, float]]


def colour(name: str, names: Sequence[str]) -> str:
    return COLOURS.get(name) or OTHERS[[n for n in names if n not in COLOURS].index(name) % len(OTHERS)]


def span(values: Sequence[float]) -> tuple[float, float]:
    """Decades (or their thirds) around the values, as logarithms."""
    low, high = log10(min(values)), log10(max(values))
    return floor(low * 3) / 3, max(ceil(high * 3) / 3, floor(low * 3) / 3 + 1 / 3)


def ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten within."""
    every = [m * 10.0**e for e in range(floor(low) - 1, ceil(high) + 1) for m in (1, 2, 5)]
    inside = [t for t in every if low - 1e-9 <= log10(t) <= high + 1e-9]
    return inside if len(inside) <= 8 else [t for t in inside if str(f"{t:e}")[0] == "1"]


def chart(title: str, across: str, lines: Mapping[str, Line], names: Sequence[str], x0: int) -> str:
    """One chart with its left edge at `x0`; upwards are milliseconds."""
    (xl, xh), (yl, yh) = (span([p[n] for line in lines.values() for p in line]) for n in (0, 1))

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            x0 + LEFT + (log10(x) - xl) / (xh - xl) * (WIDTH - LEFT - 12),
            HEIGHT - BOTTOM - (log10(y) - yl) / (yh - yl) * (HEIGHT - BOTTOM - TOP),
        )

    parts = [f'<text x="{x0 + LEFT}" y="14" font-weight="600">{escape(title)}</text>']
    for t in ticks(xl, xh):
        x, y = at(t, 10**yl)
        parts.append(f'<path d="M{x:.1f} {y:.1f}V{TOP}" class="g"/><text x="{x:.1f}" y="{y + 13:.1f}" text-anchor="middle">{t:,.6g}</text>')
    for t in ticks(yl, yh):
        x, y = at(10**xl, t)
        parts.append(f'<path d="M{x:.1f} {y:.1f}H{x0 + WIDTH - 12}" class="g"/><text x="{x - 4:.1f}" y="{y + 3:.1f}" text-anchor="end">{t:,.6g}</text>')
    for name, line in lines.items():
        dots = [at(*p) for p in line]
        ink = colour(name, names)
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in dots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{ink}" stroke-width="{2.4 if name == "ours" else 1.4}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{ink}"/>' for x, y in dots]
    parts.append(f'<text x="{x0 + (LEFT + WIDTH - 12) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>')
    return "".join(parts)


def figure(charts: Sequence[tuple[str, str, Mapping[str, Line]]]) -> str:
    """Charts side by side and one legend; those without two points are left out."""
    charts = [(title, across, kept) for title, across, lines in charts if (kept := {n: line for n, line in lines.items() if len(line) > 1})]
    names = list(dict.fromkeys(name for *_, lines in charts for name in lines))
    drawn = [chart(title, across, lines, names, n * WIDTH) for n, (title, across, lines) in enumerate(charts)]
    x = len(charts) * WIDTH + 6
    legend = [
        f'<rect x="{x}" y="{TOP + 18 * n}" width="12" height="4" fill="{colour(name, names)}"/><text x="{x + 18}" y="{TOP + 6 + 18 * n}">{escape(name)}</text>'
        for n, name in enumerate(names)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x + 150} {HEIGHT}" font-family="sans-serif" font-size="10">'
        f'<style>.g{{stroke:#ddd;stroke-width:.5}}text{{fill:#333}}</style><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(drawn)}{''.join(legend)}</svg>\n"
    )
