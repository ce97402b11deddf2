"""The table of lemmas says what the list says, and heals; data and code mark the index they made."""

from pathlib import Path

import pytest
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from techfinder.matching import analysis, fingerprint, store
from techfinder.matching.analysis import Analyser, fold
from techfinder.matching.lexicon import lexicon
from techfinder.matching.pack import Damaged
from techfinder.matching.side import side_of
from tests.matching.test_engine import supply


def test_every_folded_word_has_the_lemma_of_the_list() -> None:
    words = DefaultDictionaryFactory().get_dictionary("nl")
    found = lexicon(fold)
    wrong = [w for w, lemma in words.items() if fold(w) == w and found.get(w) != lemma]
    assert not wrong


def test_a_word_with_accents_is_found_without_them_but_is_not_the_lists_own() -> None:
    assert lexicon(fold).find("reunies") == ("reunie", False)
    assert lexicon(fold).get("reunies") is None


@pytest.mark.parametrize("word", ["", "qxqxqx", "robo", "\n", "\0", "robot\0", "\ud800", "語"])
def test_what_is_no_word_has_no_lemma(word: str) -> None:
    assert lexicon(fold).find(word) == (None, False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("lexicon") / "lexicon.bin"
    lexicon(fold, path)
    return path.read_bytes()


@pytest.mark.parametrize("harm", [lambda d: d[:-40], lambda d: d[:5000] + b"x" + d[5001:], lambda d: b"", lambda d: d[:8] + d[9:]])
def test_a_damaged_table_is_made_again(tmp_path: Path, whole: bytes, harm) -> None:
    path = tmp_path / "lexicon.bin"
    path.write_bytes(harm(whole))
    assert lexicon(fold, path).get("robots") == "robot"
    assert path.read_bytes() == whole


def test_the_thesaurus_is_made_once_and_opened_as_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "thesaurus.bin"
    made = Analyser(path)
    data = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(analysis, "found_in", None)
        opened = Analyser(path)  # which makes nothing
        assert vars(opened.thesaurus) == vars(made.thesaurus) and opened._own == made._own
        patch.setattr(analysis, "fingerprint", lambda: "of other words")
        with pytest.raises(TypeError):
            Analyser(path)
    path.write_bytes(data[:5_000] + b"x" + data[5_001:])
    assert vars(Analyser(path).thesaurus) == vars(made.thesaurus)
    assert path.read_bytes() == data


def test_a_changed_list_of_words_is_another_fingerprint(tmp_path: Path) -> None:
    paths = fingerprint.shaping()
    assert {"thesaurus.txt", "analysis.py", "columns.py", "postings.py", "vocabulary.py"} <= {p.name for p in paths}
    copies = [tmp_path / p.name for p in paths]
    for copy, path in zip(copies, paths, strict=True):
        copy.write_bytes(path.read_bytes())
    assert fingerprint.digest_of(copies) == fingerprint.fingerprint()
    thesaurus = tmp_path / "thesaurus.txt"
    thesaurus.write_text(thesaurus.read_text().replace("windmolen", "windmolens", 1))
    assert fingerprint.digest_of(copies) != fingerprint.fingerprint()


def test_an_index_of_other_data_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write_side(tmp_path, side_of([supply()], True), 7)
    assert store.read_side(tmp_path, True)[1] == 7
    monkeypatch.setattr(store, "VERSION", "other")
    with pytest.raises(Damaged, match="version"):
        store.read_side(tmp_path, True)
