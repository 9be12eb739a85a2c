"""What a panel says follows from the declaration alone."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from permit_figures import ALL, DUE_SOON, ON_TIME, RECEIVED, TURNOVER

from iochub.dashboards.grafana.panels import DATA_SOURCE, course, figure, freshness
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.silence import stale_after
from iochub.text import Text
from iochub.warehouse.indicator import Indicator, Target
from iochub.warehouse.indicators.registry import INDICATORS, named

TODAY = date(2026, 11, 26)
TARGETS = (Target(Decimal("98.5"), "2030", "NQ 06-NQ/TU"), Target(Decimal(90), "2025", "NQ 06-NQ/TU"))
AIMED = replace(ON_TIME, targets=TARGETS, measure="%")
LIMITED = replace(DUE_SOON, targets=(Target(Decimal(10), "2026", "QĐ 1", at_least=False),))
DECLARED = named((*INDICATORS.values(), *ALL))
WALL = "https://ioc.example.vn/wall/"
PROVISIONED = Path(__file__).parents[3] / "dashboards/grafana/provisioning/datasources/clickhouse.yml"

every = pytest.mark.parametrize("indicator", [*INDICATORS.values(), *ALL], ids=lambda one: one.name)


def both(indicator: Indicator) -> list[dict[str, Any]]:
    return [shown_now(indicator), drawn(indicator)]


def shown_now(indicator: Indicator) -> dict[str, Any]:
    return figure(indicator, DECLARED, TODAY, WALL)


def drawn(indicator: Indicator) -> dict[str, Any]:
    return course(indicator, DECLARED, TODAY, WALL)


def defaults(panel: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = panel["fieldConfig"]["defaults"]
    return found


def steps(panel: dict[str, Any]) -> list[tuple[str, float | None]]:
    return [(step["color"], step["value"]) for step in defaults(panel)["thresholds"]["steps"]]


@every
def test_title_definition_and_source_are_the_declarations_own(indicator: Indicator) -> None:
    for panel in both(indicator):
        assert panel["title"].startswith(indicator.title.vi)
        words = panel["description"]
        assert words.startswith(indicator.definition.vi)
        for part in (indicator.title.en, indicator.definition.en, indicator.source, indicator.formula):
            assert part in words
        assert indicator.owner.vi in words
        assert indicator.definition_version in words


@every
def test_no_data_is_said_in_words_and_never_drawn(indicator: Indicator) -> None:
    for panel in (*both(indicator), freshness(indicator.feed)):
        said = {
            mapping["options"]["match"]: mapping["options"]["result"]["text"]
            for mapping in defaults(panel)["mappings"]
        }
        assert set(said) == {"null", "nan"}
        assert defaults(panel)["noValue"] == said["null"]
        assert said["null"] in ("Không có dữ liệu", "Chưa nhận lần nào")
        assert said["nan"] == "Ẩn vì số nhỏ"
    assert drawn(indicator)["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False
    assert shown_now(indicator)["options"]["reduceOptions"]["calcs"] == ["last"]


def test_the_target_in_force_is_a_threshold_and_stands_beside_the_value() -> None:
    shown, course_of = both(AIMED)
    assert steps(shown) == steps(course_of) == [("red", None), ("green", 98.5)]
    assert "toFloat64(98.5) AS `Mục tiêu 2030`" in shown["targets"][0]["rawSql"]
    assert defaults(course_of)["custom"]["thresholdsStyle"]["mode"] == "dashed"
    assert "Mục tiêu 2025: 90 % (NQ 06-NQ/TU)" in shown["description"]


def test_a_limit_is_green_up_to_itself() -> None:
    (first, none), (then, above) = steps(shown_now(LIMITED))
    assert (first, none, then) == ("green", None, "red")
    assert above is not None
    assert 10 < above < 10.000001


def test_days_of_a_flow_have_no_line_of_a_years_target() -> None:
    flow = replace(RECEIVED, targets=TARGETS)
    assert steps(drawn(flow)) == [("text", None)]
    assert steps(shown_now(flow)) == [("red", None), ("green", 98.5)]


def test_what_has_no_target_judges_nobody() -> None:
    for panel in both(TURNOVER):
        assert steps(panel) == [("text", None)]


def test_a_share_has_two_decimals_a_count_none_and_a_sum_its_own() -> None:
    shown = {one.name: defaults(shown_now(one)) for one in (AIMED, RECEIVED, TURNOVER)}
    assert [(one["unit"], one.get("decimals")) for one in shown.values()] == [
        ("percent", 2), ("locale", 0), ("locale", None)
    ]  # fmt: skip


def test_the_measure_is_named_in_the_title_but_for_a_share() -> None:
    named = replace(RECEIVED, title=Text("Hồ sơ tiếp nhận", "Dossiers received"))
    assert shown_now(named)["title"] == "Hồ sơ tiếp nhận (hồ sơ)"
    assert shown_now(AIMED)["title"] == AIMED.title.vi


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_a_feed_turns_red_once_it_counts_as_silent(feed: Any) -> None:
    panel = freshness(type(feed))
    assert steps(panel) == [("green", None), ("red", stale_after(feed).total_seconds() + 1)]
    assert panel["title"].startswith(feed.title.vi)
    assert f"feed = '{feed.name}'" in panel["targets"][0]["rawSql"]


def test_panels_ask_the_data_source_that_is_provisioned() -> None:
    provisioned = PROVISIONED.read_text(encoding="utf-8")
    assert re.findall(r"^ +(uid|type): (\S+)$", provisioned, re.MULTILINE) == [
        ("uid", DATA_SOURCE["uid"]),
        ("type", DATA_SOURCE["type"]),
    ]
    for panel in (*both(RECEIVED), freshness(RECEIVED.feed)):
        (target,) = panel["targets"]
        assert panel["datasource"] == target["datasource"] == DATA_SOURCE
        assert (target["queryType"], target["format"]) in (("timeseries", 0), ("table", 1))


@every
def test_every_figure_leads_to_the_page_that_explains_it(indicator: Indicator) -> None:
    for panel in both(indicator):
        (link,) = panel["links"]
        assert link["url"] == f"https://ioc.example.vn/wall/indicator/{indicator.name}"
    assert figure(indicator, DECLARED, TODAY, "")["links"] == []


def test_a_value_beside_its_target_is_called_what_it_is() -> None:
    names = {
        override["matcher"]["options"]: override["properties"][0]
        for override in shown_now(AIMED)["fieldConfig"]["overrides"]
    }
    assert names["value"] == {"id": "displayName", "value": "Thực hiện"}
    assert names["Mục tiêu 2030"]["id"] == "color"


def test_points_have_two_decimals() -> None:
    assert defaults(shown_now(INDICATORS["score_766"]))["decimals"] == 2


@every
def test_a_panel_names_its_version_so_that_grafana_migrates_nothing(indicator: Indicator) -> None:
    assert {panel["pluginVersion"] for panel in both(indicator)} == {"10.3.0"}
