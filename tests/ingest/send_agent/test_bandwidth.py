from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.send_agent.bandwidth import Budget


@given(pieces=st.lists(st.integers(1, 20_000), min_size=1, max_size=50), rate=st.integers(500, 100_000))
def test_no_more_than_the_budget_leaves_in_any_time(pieces: list[int], rate: int) -> None:
    at, left = [0.0], []

    def wait(seconds: float) -> bool:
        at[0] += seconds
        return False

    budget = Budget(rate, wait, lambda: at[0])
    for piece in pieces:
        budget.take(piece)
        left.append((at[0], piece))
    for start in range(len(left)):
        sent = sum(piece for _, piece in left[start:-1])
        assert sent <= rate * (left[-1][0] - left[start][0]) + 1


def test_no_budget_is_no_limit_and_no_wait() -> None:
    Budget(0, lambda _: 1 / 0).take(10**9)
