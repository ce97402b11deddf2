"""The words that matched are those that a plain reading of the whole document finds."""

import random

from techfinder.matching import glossary
from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.bulk import read
from techfinder.matching.explain import MOST, STRENGTH, Explainer
from techfinder.matching.glossary import Stored, arrays_of
from techfinder.matching.readings import Reading, from_bytes, to_bytes
from techfinder.matching.terms import meant, query_terms, supply_sources
from techfinder.matching.values import Supply, Word
from tests.benchmarks.corpus import Writer


def plainly(asked, texts):
    """Every token and phrase of every text, one by one; the strongest match per asked word, the first of equals."""
    best = {}
    for text in texts:
        for found, terms in analyser().stream(text):
            for term in meant(text, terms):
                for question in (q for q in asked if q.key == term.key):
                    how = max(term.how, question.how, key=STRENGTH.__getitem__)
                    entry = (STRENGTH[how], -question.weight * term.weight, Word(question.asked, found, how))
                    if question.asked not in best or entry[:2] < best[question.asked][:2]:
                        best[question.asked] = entry
    return tuple(w for _, _, w in sorted(best.values(), key=lambda e: (e[0], e[1], e[2].asked))[:MOST])


def pairs(count):
    """(terms of a question, texts of some documents): words and phrases of the thesaurus among others, joints, accents."""
    writer, r = Writer(seed=5), random.Random(5)
    phrases = [m for g in analyser().thesaurus.groups for m, _ in g.members if " " in m]
    odd = ("micro:bit", "3D-printer foto's", "Café-robots 4.0", "ÉÉN robótje", "", "ﬁets № ½", "ro\u0301bot")
    for _ in range(count):
        subject = r.choice(writer.subjects)
        question = writer.text(subject, 2, 1) + f" {r.choice(phrases)}" * r.randrange(2)
        documents = []
        for n in range(1, 9):
            texts = [text for text, _ in supply_sources(writer.supply(n))]
            texts[3] = f"{texts[3]} {r.choice(phrases)} {r.choice(odd)} {r.choice(subject.words)}, {r.choice(phrases)}"
            documents.append(texts)
        yield query_terms(analyser(), [(question, 1.0)], weights().query), documents


def readings(texts, documents):
    """Each document's texts as its fields."""
    counts, at, word = texts.counts.sum(axis=1), 0, 0
    for document in documents:
        own = counts[at : at + len(document)]
        at, first, word = at + len(document), word, word + int(own.sum())
        yield Reading(own, texts.flat[first:word])


def compared(stored):
    matched = 0
    for terms, documents in pairs(60):
        every = [text for document in documents for text in document]
        texts = read([Supply(n, 1, "", "workshop", 1, summary=text) for n, text in enumerate(every)], True)
        explainer = Explainer(analyser(), terms, Stored(arrays_of(analyser(), texts)) if stored else None)
        expected = [plainly(terms, document) for document in documents]
        assert [explainer.words(document, stored) for document in documents] == expected
        if stored:
            assert explainer.readings([from_bytes(to_bytes(reading)) for reading in readings(texts, documents)]) == expected
        matched += sum(map(bool, expected))
    assert matched > 200


def test_the_words_are_those_of_a_plain_reading():
    compared(stored=False)


def test_a_generations_glossary_gives_the_same_words():
    compared(stored=True)


def test_a_glossary_that_is_full_is_begun_anew_and_nothing_is_missed(monkeypatch):
    monkeypatch.setattr(glossary, "MOST_LEARNED", 50)
    for terms, documents in pairs(10):
        explainers = [Explainer(analyser(), terms), Explainer(analyser(), terms)]
        for n, texts in enumerate(documents):
            assert explainers[n % 2].words(texts) == plainly(terms, texts)
