"""The level that suggestions reach on the development set, held from below."""

import pytest

from tests.benchmarks.relevance.dataset import load
from tests.benchmarks.relevance.score import AT, by_everything, by_text, engine_of, full_gains, measured, ndcg


@pytest.fixture(scope="module")
def judged():
    return load()


@pytest.fixture(scope="module")
def engine(judged, tmp_path_factory):
    return engine_of(judged, str(tmp_path_factory.mktemp("relevance")))


def mean(scores):
    return sum(scores.values()) / len(scores)


def test_text_alone_reaches_its_level(judged, engine):
    assert mean(measured(judged, by_text(engine), full=False)) >= 0.845


def test_suggestions_with_all_filters_reach_their_level(judged, engine):
    assert mean(measured(judged, by_everything(engine), full=True)) >= 0.975


def test_no_suggestion_breaks_a_filter(judged, engine):
    for need in judged.needs.values():
        for s in engine.suggest(need, AT, 10).fits:
            supply = judged.supplies[s.id]
            assert supply.levels & need.levels
            assert not need.kinds or supply.kind in need.kinds | {"guest_lesson", "workshop"}


def test_the_ideal_order_scores_one(judged):
    need = next(iter(judged.needs.values()))
    gains = full_gains(judged, need)
    assert ndcg(sorted(gains, key=lambda i: -gains[i]), gains) == 1.0
