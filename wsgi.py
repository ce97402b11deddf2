"""The application object that gunicorn and `flask --app wsgi` load."""

import sys

import config
from techfinder.app import create_app

try:
    app = create_app()
except config.SettingError as error:  # one sentence instead of a page of traceback
    sys.exit(f"Techfinder cannot start: {error}")
