"""The nearest words are those of the plain definition, whatever the marks leave out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.matching import near_words
from techfinder.matching.postings import readonly
from techfinder.matching.vocabulary import Vocabulary, bytes_of, sound, table

# few letters, so that words are near; some of two and three bytes, which may be cut off at the end
letters = st.sampled_from("aabennrst3дж語")
words = st.text(letters, min_size=1, max_size=9) | st.text(letters, min_size=12, max_size=40)


def distance(one, other):
    """Optimal string alignment: letters added, left out, put for another, and neighbours turned round, none edited twice."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and (a, one[i - 2]) == (other[j - 2], b):
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def vocabulary_of(counts):
    arrays = table({word: (word, n) for word, n in counts.items()})
    arrays["pairs"], arrays["letters"] = near_words.marked(readonly(bytes_of(arrays["word"])))
    return Vocabulary(arrays)


def plainly(word, known, most):
    """What sounds the same, then the nearest, then what begins alike, then the most frequent."""
    if not 4 <= len(word) <= 32:
        return []
    reach = 1 if len(word) < 6 else 2
    found = sorted(
        (sound(k) != sound(word), n, k[0] != word[0], -count, k) for k, count in known if (n := distance(word, k)) <= reach
    )
    return [(k, n) for other, n, _, _, k in found[:most] if (other, n) == found[0][:2]]


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(words, st.integers(0, 3), max_size=60), words, st.data())
def test_the_nearest_words_equal_the_plain_definition(counts, other, data):
    vocabulary = vocabulary_of(counts)
    cut = [w.decode(errors="ignore") for w in vocabulary.arrays["word"]]  # off at 32 bytes
    known = list(zip(cut, vocabulary.arrays["count"].tolist(), strict=True))
    asked = data.draw(st.sampled_from([*cut, other]))
    for _ in range(data.draw(st.integers(0, 3))):
        at, letter = data.draw(st.integers(0, len(asked))), data.draw(letters)
        taken, turned = asked[:at] + asked[at + 1 :], asked[:at] + asked[at : at + 2][::-1] + asked[at + 2 :]
        asked = data.draw(st.sampled_from((asked[:at] + letter + asked[at + 1 :], asked[:at] + letter + asked[at:], taken, turned)))
    for most in (2, 5):
        assert vocabulary.nearest(asked, most) == plainly(asked, known, most)


@given(words, words)
def test_what_is_one_edit_away_is_compared(one, other):
    """The marks of near words never differ by more than the edits explain."""
    marks = [near_words.marked(readonly(np.array([list(w.encode()[:32].ljust(32, b"\0"))], np.uint8))) for w in (one, other)]
    pairs, own = (int(np.bitwise_count(a[0] ^ b[0])) for a, b in zip(*marks, strict=True))
    n = distance(*(w.encode()[:32].decode(errors="ignore") for w in (one, other)))
    assert own <= near_words.PER_EDIT_LETTERS * n and own + pairs <= near_words.PER_EDIT * n
