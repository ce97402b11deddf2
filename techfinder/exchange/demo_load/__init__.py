"""Demo data: invented schools and companies in real places, with everything that happens between them.

The texts stand in `exchange/demo/*.json`, written by hand. Loading puts them in one transaction and in states that the
rules allow; it never touches data that is not its own, and a second time it changes nothing.
"""

from techfinder.exchange.demo_load.hint import DEMO_PASSWORD, DEMO_TOTP_SECRET, hint_lines
from techfinder.exchange.demo_load.load import DemoRefused, Loaded, load

__all__ = ["DEMO_PASSWORD", "DEMO_TOTP_SECRET", "DemoRefused", "Loaded", "hint_lines", "load"]
