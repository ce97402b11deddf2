"""The application object that gunicorn and `flask --app wsgi` load."""

import sys

import config
from techfinder.app import create_app

# Every statement lets go of the interpreter: whoever writes must not wait 5 ms for each other thread to get it back.
sys.setswitchinterval(0.001)
try:
    app = create_app()
except config.SettingError as error:  # one sentence instead of a page of traceback
    sys.exit(f"Techfinder cannot start: {error}")
