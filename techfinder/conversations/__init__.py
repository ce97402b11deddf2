"""The exchange between one school and one company about an offer and/or a support request."""
