"""The blueprint on which the views of this package register themselves."""

from flask import Blueprint

bp = Blueprint("support_requests", __name__)
