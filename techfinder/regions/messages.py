"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "region.area": _l("“%(value)s” is geen gebied dat we kennen. Schrijf per regel bijvoorbeeld: gemeente Helmond."),
        "region.taken": _l("“%(value)s” hoort al bij een andere regio. Haal het daar eerst weg."),
        "region.slug": _l("Dit adres is al in gebruik. Kies een ander."),
        "region.loop": _l("Een regio kan niet onder zichzelf vallen. Kies een andere."),
    }
)
