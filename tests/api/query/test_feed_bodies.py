"""What the API says of feeds and of who sends them."""

from iochub.ingest.units import Units


def test_senders_come_worst_first_and_who_never_sent_before_all(leader) -> None:
    dossiers, einvoices = leader.get("/v1/feeds").json()["feeds"]
    assert [one["code"] for one in dossiers["agencies"]] == ["H56.9", "H56", "H56.2"]
    never, lacking, repeating = dossiers["agencies"]
    assert never["scores"] == {"valid": None, "complete": None, "clean": None, "alive": None}
    assert (never["last_received_at"], never["silence"], never["completeness"]) == (None, None, None)
    assert lacking["scores"] == {"valid": 96, "complete": 49, "clean": 100, "alive": 100}
    assert lacking["completeness"] == {"declared": 200, "received": 98}
    assert repeating["scores"] == {"valid": 100, "complete": None, "clean": 88, "alive": 100}
    assert (repeating["repeated"], repeating["flagged"]) == (5, 1)
    assert einvoices["agencies"] == []


def test_senders_are_named_where_their_name_is_known(leader) -> None:
    named = {one.code: one.name for one in Units.load().agencies()}
    dossiers = leader.get("/v1/feeds").json()["feeds"][0]
    assert {one["code"]: one["name"] for one in dossiers["agencies"]} == {
        code: named.get(code) for code in ("H56", "H56.2", "H56.9")
    }


def test_silence_is_told_in_the_publisher_s_own_time(leader) -> None:
    dossiers, einvoices = leader.get("/v1/feeds").json()["feeds"]
    assert dossiers["calendar"] == "office"
    assert dossiers["silence"] == {
        "since": "2026-11-23T07:05:07Z",
        "calendar": "office",
        "seconds": 0,
        "beat_seconds": 3600,
        "stale_after_seconds": 10800,
    }
    assert (einvoices["calendar"], einvoices["silence"]) == ("always", None)


def test_who_sees_one_unit_does_not_see_who_sends(ward) -> None:
    assert [feed["agencies"] for feed in ward.get("/v1/feeds").json()["feeds"]] == [[], []]
