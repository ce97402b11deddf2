"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "account.email_invalid": _l("Dit is geen volledig mailadres. Kijk het na, bijvoorbeeld sam@school.nl."),
        "account.password_short": _l("Gebruik minstens %(minimum)d tekens. Een paar losse woorden werken goed."),
        "account.password_long": _l("Dit wachtwoord is te lang. Gebruik hoogstens %(maximum)d tekens."),
        "account.password_own": _l("Je naam of mailadres is makkelijk te raden. Kies iets anders."),
        "account.password_common": _l("Dit wachtwoord gebruiken veel mensen. Kies iets wat alleen jij bedenkt."),
        "account.password_wrong": _l("Dit wachtwoord klopt niet."),
        "account.sign_in_wrong": _l("Dit mailadres en wachtwoord horen niet bij elkaar. Kijk ze na, of laat je een link mailen."),
        "account.too_often": _l("Dit is te vaak geprobeerd. Vanaf %(when)s uur kan het weer."),
        "account.code_wrong": _l("Deze code klopt niet of is al gebruikt. Wacht op de volgende code in je app en typ die."),
        "account.second_factor_needed": _l("Bij je rol hoort inloggen in twee stappen. Daarom kan dit niet uit."),
        "account.second_factor_absent": _l("Begin opnieuw: er staat nog geen sleutel voor je klaar."),
        "account.email_same": _l("Dit is al je mailadres."),
        "account.confirm_erase": _l("Typ je mailadres precies zoals het hierboven staat."),
        "account.last_administrator": _l("Jij bent de enige beheerder. Maak eerst iemand anders beheerder."),
        "account.block_self": _l("Je kunt jezelf niet blokkeren."),
        "post.scope": _l("Kies een regio of een netwerk."),
        "post.scope_unknown": _l("Deze regio of dit netwerk bestaat niet."),
        "post.until_past": _l("Kies een einddatum in de toekomst."),
        "post.blocked": _l("Dit account is geblokkeerd. Hef eerst de blokkade op."),
        "post.last_administrator": _l("Dit is de laatste beheerder. Maak eerst iemand anders beheerder."),
    }
)
