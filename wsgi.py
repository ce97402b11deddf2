"""The application object that gunicorn and `flask --app wsgi` load."""

import gc
import sys

gc.disable()  # what is loaded stays: looking through it again and again while it grows takes a sixth of the time

import config  # noqa: E402
from techfinder.app import create_app  # noqa: E402

# Every statement lets go of the interpreter: whoever writes must not wait 5 ms for each other thread to get it back.
sys.setswitchinterval(0.001)
try:
    app = create_app()
except config.SettingError as error:  # one sentence instead of a page of traceback
    sys.exit(f"Techfinder cannot start: {error}")
gc.enable()
