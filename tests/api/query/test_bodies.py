import csv
import io
from decimal import Decimal

from iochub.warehouse.score_lines import Line

TURNOVER = "/v1/indicators/einvoice_turnover"


def test_a_score_says_out_of_how_many_points_it_is_and_which_lines_nobody_knows(leader, answers) -> None:
    answers.value = Decimal("6.50")
    answers.lines = (
        Line("PUBLISH_ON_TIME", Decimal("4.50"), Decimal(6), ("procedures_decided",), is_reported=False),
        Line("PUBLIC_UPDATE_ON_TIME", Decimal("2.00"), Decimal(4), (), is_reported=False),
        Line("DOSSIER_SYNC", None, Decimal(6), ("dossiers_synchronised",), is_reported=True),
    )
    body = leader.get(f"{TURNOVER}?period=2021").json()
    assert (body["value"], body["out_of"], body["maximum"]) == (6.5, 10, 16)
    assert body["lines"][0] == {
        "code": "PUBLISH_ON_TIME",
        "title": "Công bố đúng hạn",
        "points": 4.5,
        "maximum": 6,
        "figures": ["procedures_decided"],
        "reported": False,
    }
    assert (body["lines"][2]["points"], body["lines"][2]["reported"]) == (None, True)
    for row in leader.get(f"{TURNOVER}/series?period=2021&every=quarter").json()["rows"]:
        assert (row["out_of"], row["maximum"], row["lines"]) == (10, 16, [])
    table = leader.get(f"{TURNOVER}/series?period=2021&every=year", headers={"Accept": "text/csv"})
    assert {row["out_of"] for row in csv.DictReader(io.StringIO(table.text))} == {"10"}
