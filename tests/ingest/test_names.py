from concurrent.futures import ThreadPoolExecutor

from ulid import ULID

from iochub.clock import milliseconds, now
from iochub.ingest.names import new_name


def test_no_two_names_are_equal_in_any_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(lambda _: new_name(), range(20_000)))
    assert len(set(names)) == len(names)


def test_a_name_is_a_ulid_of_this_moment() -> None:
    before = milliseconds(now())
    name = new_name()
    assert before <= ULID.from_str(name).milliseconds <= milliseconds(now())
