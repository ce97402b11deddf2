"""What changed in a text, for the coordinator: right, and quick whatever was typed."""

import random
import time

from techfinder.moderation.details import marked


def test_a_word_more_and_a_word_less_are_marked():
    left, right = marked("Een les over robots.", "Een lange les over drones.")
    assert ("ins", "lange ") in right and any(kind == "del" and "robots." in text for kind, text in left)


def test_a_text_of_few_words_over_and_over_does_not_hold_up_the_page():
    chance = random.Random(1)
    before, after = (" ".join(chance.choices("abcde", k=2000)) for _ in range(2))
    began = time.thread_time()
    assert marked(before, after) == ([("del", before)], [("ins", after)])
    assert time.thread_time() - began < 0.5


def test_nothing_is_lost():
    before, after = "Eerst  dit.\nDan dat.", "Eerst dit.\n\nDan ook dat!"
    left, right = marked(before, after)
    assert "".join(text for _kind, text in left) == before and "".join(text for _kind, text in right) == after
