"""The blueprint on which the views of this package register themselves."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)
