"""The blueprint that all views of this package hang on."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
