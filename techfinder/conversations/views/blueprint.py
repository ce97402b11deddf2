"""The blueprint that the views of this package hang on."""

from flask import Blueprint

bp = Blueprint("conversations", __name__)
