"""What has just happened is remembered for a while, and not for more than that."""

from datasource.lately import Lately


def test_what_happened_is_remembered_for_its_time() -> None:
    now = [0.0]
    lately = Lately(60.0, 2, lambda: now[0])
    assert not lately.has("a")
    lately.note("a")
    now[0] = 59.9
    assert lately.has("a")
    assert not lately.has("b")
    now[0] = 60.0
    assert not lately.has("a")


def test_of_too_many_the_oldest_is_forgotten() -> None:
    lately = Lately(60.0, 2, lambda: 0.0)
    for each in ("a", "b", "a", "c"):
        lately.note(each)
    assert [lately.has(each) for each in "abc"] == [True, False, True]
