"""A sender can take back what it sent before, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from iochub.exact.place import place_of
from iochub.exact.version import WITHDRAWAL, Version, live

KINDS = st.sampled_from(("paper", "step", WITHDRAWAL))


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """Versions of two entities by two senders, each with an arrival of its own."""
    offsets = draw(st.lists(st.integers(0, 50), unique=True, max_size=10))
    return [
        Version(
            draw(st.sampled_from(("e0", "e1"))),
            kind := draw(KINDS),
            place_of(0 if kind == WITHDRAWAL else draw(st.integers(0, 5)), 1, offset, 0),
            str(offset),
            draw(st.sampled_from(("s0", "s1"))),
            (),
            {},
        )
        for offset in offsets
    ]


def version(kind: str, offset: int, *, sender: str = "s0", entity: str = "e0", revision: int = 0) -> Version:
    return Version(entity, kind, place_of(revision, 1, offset, 0), str(offset), sender, (), {})


@given(histories())
def test_what_is_live_is_what_no_later_withdrawal_of_its_sender_and_entity_follows(
    history: list[Version],
) -> None:
    expected = [
        one
        for one in history
        if one.kind != WITHDRAWAL
        and not any(
            other.kind == WITHDRAWAL
            and (other.sender, other.entity) == (one.sender, one.entity)
            and int(other.version_id) > int(one.version_id)
            for other in history
        )
    ]
    assert live(history) == sorted(expected, key=lambda one: (one.place, one.entity))


@given(histories(), st.randoms())
def test_the_order_in_which_versions_are_read_does_not_matter(history: list[Version], chance: object) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert live(shuffled) == live(history)


def test_a_withdrawal_alone_leaves_nothing() -> None:
    assert live([version(WITHDRAWAL, 1)]) == []


def test_what_is_sent_after_its_withdrawal_counts_again() -> None:
    again = version("paper", 3)
    assert live([version("paper", 1), version(WITHDRAWAL, 2), again]) == [again]


def test_a_withdrawal_does_not_look_at_revision_times() -> None:
    assert live([version("paper", 1, revision=2_000), version(WITHDRAWAL, 2)]) == []


def test_nobody_withdraws_what_another_sent() -> None:
    paper = version("paper", 1)
    assert live([paper, version(WITHDRAWAL, 2, sender="s1")]) == [paper]


def test_a_withdrawal_does_not_reach_another_entity_of_the_same_sender() -> None:
    other = version("paper", 1, entity="e1")
    assert live([other, version(WITHDRAWAL, 2)]) == [other]


def test_entities_of_two_partitions_that_share_a_place_have_one_order() -> None:
    one, other = version("paper", 1, entity="e0"), version("paper", 1, entity="e1")
    assert live([other, one]) == live([one, other]) == [one, other]
