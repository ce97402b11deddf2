"""Codes that change every 30 seconds (RFC 6238), recovery codes, and the picture an app reads the key from. Pure."""

import secrets
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

import pyotp
import segno

STEP_S = 30
DRIFT = 1  # steps that a clock may be off
RECOVERY_CODES = 10
ISSUER = "Techfinder"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no characters that look alike


def new_secret() -> str:
    """A key of 160 bits, in base32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, last_step: int, at: datetime) -> int | None:
    """The time step this code belongs to, if it is one of now's and later than `last_step`: a code works once."""
    digits = "".join(c for c in code if c.isascii() and c.isdigit())
    current = int(at.timestamp()) // STEP_S
    generator = pyotp.TOTP(secret)
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > last_step and compare_digest(generator.generate_otp(step), digits):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes of 16 characters (79 bits), in groups of four, to be shown once."""
    codes = ("".join(secrets.choice(ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES))
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in codes]


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; a plain hash is enough for 79 random bits."""
    bare = "".join(c for c in code.lower() if c in ALPHABET)
    return sha256(bare.encode()).hexdigest()


def key_address(secret: str, email: str) -> str:
    """The otpauth:// address that authenticator apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_code(text: str) -> str:
    """This text as a picture: an SVG in a data: address, dark on white in both themes."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def spaced(secret: str) -> str:
    """The key in groups of four, for typing over."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
