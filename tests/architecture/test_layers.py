"""Order is law: a package imports only packages above it; `geo` and `matching` are pure; libraries have one importer."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "techfinder"
ORDER = [
    "geo", "matching", "core", "reference", "regions", "accounts", "notifications", "organisations", "offers",
    "support_requests", "discovery", "conversations", "bookings", "programmes", "moderation", "monitoring", "home",
    "exchange", "api",
]  # fmt: skip
TOP = {"app", "wiring", "cli"}
ONE_IMPORTER = {"geopy": {"geo"}, "whoosh": {"matching"}}
PURE = {"geo", "matching"}
NEVER_IN_PURE = {"flask", "sqlalchemy", "flask_sqlalchemy", "flask_babel", "wtforms"}
FILES = sorted(p for p in ROOT.rglob("*.py"))


def imports(path: Path) -> list[tuple[str, int, bool]]:
    """(module, line, inside a function) of every import; `from techfinder import x` counts as techfinder.x."""
    found = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(a.name, node.lineno, id(node) in inside) for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "techfinder":
                found += [(f"techfinder.{a.name}", node.lineno, id(node) in inside) for a in node.names]
            else:
                found.append((node.module, node.lineno, id(node) in inside))
    return found


def package_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0].removesuffix(".py") if len(parts) > 1 or parts[0] != "__init__.py" else ""


def test_every_package_has_its_place_in_the_order():
    packages = {p.name for p in ROOT.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert packages <= set(ORDER), packages - set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_up_only_and_stand_at_the_top(path):
    own = package_of(path)
    wrong = []
    for module, line, inside in imports(path):
        head, _, rest = module.partition(".")
        if head == "techfinder" and rest:
            other = rest.split(".")[0]
            if own in ORDER and (other in TOP or (other in ORDER and ORDER.index(other) > ORDER.index(own))):
                wrong.append(f"line {line}: {own} imports {other}, which stands below it")
            if own in PURE and other not in PURE:
                wrong.append(f"line {line}: {own} is pure but imports {other}")
        if head in ONE_IMPORTER and own not in ONE_IMPORTER[head]:
            wrong.append(f"line {line}: only {ONE_IMPORTER[head]} may import {head}")
        if own in PURE and head in NEVER_IN_PURE:
            wrong.append(f"line {line}: {own} is pure but imports {head}")
        if inside:
            wrong.append(f"line {line}: import of {module} inside a function")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_is_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_models_know_no_web():
    for path in ROOT.glob("*/models.py"):
        names = {m.split(".")[0] for m, _, _ in imports(path)}
        assert not names & {"flask", "flask_babel", "wtforms", "flask_wtf", "flask_login"}, path


def test_services_do_not_know_the_request():
    for path in [*ROOT.glob("*/service.py"), *ROOT.glob("*/service/*.py"), *ROOT.glob("*/rules.py"), *ROOT.glob("*/policy.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "flask" for a in n.names}
        assert not names & {"request", "session", "g", "current_user"}, path
