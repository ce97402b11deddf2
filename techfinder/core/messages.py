"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "file.too_large": _l("Dit bestand is te groot. Kies een bestand van hoogstens 10 MB."),
        "file.type": _l("Dit bestand kunnen we niet gebruiken. Kies een pdf of een foto (png of jpg)."),
        "file.too_often": _l("Je hebt vandaag veel bestanden bewaard. Morgen kun je verder."),
    }
)
