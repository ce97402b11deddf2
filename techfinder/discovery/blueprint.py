"""The blueprint on which the views of this package register themselves."""

from flask import Blueprint

bp = Blueprint("discovery", __name__)
