"""The level that suggestions reach on the relevance sets, held from below."""

import pytest

from tests.benchmarks.relevance.dataset import load
from tests.benchmarks.relevance.score import AT, HERE, by_everything, by_text, engine_of, full_gains, mean, measured, ndcg

SECOND = HERE / "second"
LEVELS = {HERE: (0.86, 0.98), SECOND / "tuning": (0.805, 0.945), SECOND / "heldout": (0.835, 0.905)}  # text alone, with filters


@pytest.fixture(scope="module", params=LEVELS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


@pytest.fixture(scope="module")
def judged(folder):
    return load(folder)


@pytest.fixture(scope="module")
def engine(judged, tmp_path_factory):
    return engine_of(judged, str(tmp_path_factory.mktemp("relevance")))


def test_text_alone_reaches_its_level(folder, judged, engine):
    assert mean(measured(judged, by_text(engine), full=False)) >= LEVELS[folder][0]


def test_suggestions_with_all_filters_reach_their_level(folder, judged, engine):
    assert mean(measured(judged, by_everything(engine), full=True)) >= LEVELS[folder][1]


def test_no_suggestion_breaks_a_filter(judged, engine):
    for need in judged.needs.values():
        for s in engine.suggest(need, AT, 10).fits:
            supply = judged.supplies[s.id]
            assert supply.levels & need.levels
            assert not need.kinds or supply.kind in need.kinds | {"guest_lesson", "workshop"}


def test_the_ideal_order_scores_one(judged):
    need = next(n for n in judged.needs.values() if full_gains(judged, n))
    gains = full_gains(judged, need)
    assert ndcg(sorted(gains, key=lambda i: -gains[i]), gains) == 1.0
