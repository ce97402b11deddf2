"""The application object that gunicorn and `flask --app wsgi` load."""

from techfinder.app import create_app

app = create_app()
