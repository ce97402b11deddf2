"""Vocabularies: kinds, levels, themes, kerndoelen, school holidays, water barriers. Versioned data, pure functions.

kinds      the fourteen kinds of support: who travels, which reach counts, which may stand in for another
levels     one permanent bit per level and year; reading, wording, unions for files and facets
themes     themes with the words that signal them, the seven worlds, kerndoelen
holidays   school holidays per region, public holidays, counting in school days, the school year
times      weekdays and parts of the day as masks
languages  the languages in which support is given
profiles   vmbo profiles, technasium, LOB: words to search by
water      where the other side of the water is far away
"""
