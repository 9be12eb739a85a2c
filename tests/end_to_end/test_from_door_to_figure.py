"""What a person sends by hand, followed to the figure: a dossier's life, CloudEvents by curl, trial runs."""

import base64
import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from callers import Answered, command, curl, figure, followed, instant, is_problem, key_of, sent
from messages import Json, advanced, dossier, hdons, step, synchronised
from published import OURS
from running_hub import RunningHub

PU_NHI, MUONG_CHANH, QUAN_SON = "14863", "14866", "387"
MAY, DAY, NEXT_DAY = "2026-05", "2026-05-12", "2026-05-13"


def in_pu_nhi(number: int, **changes: object) -> Json:
    """One of the three dossiers of this story: received on 12 May 2026, due on the 20th at 17:00."""
    told = {"DonViXuLy": "UBND Xã Pù Nhi", "NgayNopHoSo": "20260512080000", "NgayTiepNhan": "20260512083000"}
    told |= {"NgayHenTra": "20260520170000", "TrangThaiHoSo": "4"}
    return dossier(f"E2E-LIFE-{number}", **(told | changes))


def shown(hub: RunningHub, **asked: str) -> tuple[Decimal | None, ...]:
    """Received on the 12th, on the 13th and in May; the share on time and those open at the end of May."""
    return (
        figure(hub, "dossiers_received", unit=PU_NHI, period=DAY, **asked),
        figure(hub, "dossiers_received", unit=PU_NHI, period=NEXT_DAY, **asked),
        figure(hub, "dossiers_received", unit=PU_NHI, period=MAY, **asked),
        figure(hub, "dossiers_on_time_share", unit=PU_NHI, period=MAY, **asked),
        figure(hub, "dossiers_open", unit=PU_NHI, period=MAY, **asked),
    )


STAGES: dict[str, tuple[int | None, int | None, int | None, str | None, int | None]] = {
    # Three received, none finished, all past their due day at the end of May.
    "received": (3, 0, 3, "0", 3),
    # The first ended on the 19th, a day early: one of three.
    "advanced": (3, 0, 3, "33.33", 2),
    # The second is due on 30 June only; the third was received a day later and is still late: two of three.
    "corrected": (2, 1, 3, "66.67", 2),
    # The third was sent by mistake: two of two.
    "withdrawn": (2, 0, 2, "100", 1),
}


@dataclass
class Life:
    """What was shown after each stage, and when."""

    seen: dict[str, tuple[Decimal | None, ...]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def life(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Three dossiers of one commune, received, advanced, corrected, and one of them taken back."""
    folder = tmp_path_factory.mktemp("life")
    key = key_of(hub, "E2E.LIFE", "dossiers")
    told = Life()

    def after(stage: str, receipt: str) -> None:
        followed(hub, key, [receipt])
        told.seen[stage], told.at[stage] = shown(hub), instant()

    def deliver(stage: str, content: bytes) -> None:
        file = folder / f"{stage}.json"
        file.write_bytes(content)
        (verdict,) = sent(hub, key, "dossiers", file)
        assert verdict["rejects"] == []
        after(stage, verdict["receipt"])

    deliver("received", synchronised(*(in_pu_nhi(number) for number in (1, 2, 3))))
    deliver("advanced", advanced(step("E2E-LIFE-1", "20260519100000", "9")))
    deliver(
        "corrected",
        synchronised(
            in_pu_nhi(2, NgayHenTra="20260630170000"),
            in_pu_nhi(3, NgayTiepNhan="20260513083000"),
            updating=True,
        ),
    )
    answer = httpx.post(
        f"{hub.gateway}/v1/feeds/dossiers/withdrawals",
        json={"entities": ["E2E-LIFE-3"], "reason": "gửi nhầm"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 202, answer.text
    after("withdrawn", answer.json()["receipt"])
    return told


@pytest.mark.parametrize("stage", list(STAGES))
def test_a_figure_follows_a_dossier_through_its_life(life: Life, stage: str) -> None:
    assert life.seen[stage] == tuple(None if value is None else Decimal(value) for value in STAGES[stage])


def test_the_command_line_says_what_the_api_says(hub: RunningHub, life: Life) -> None:
    for name, asked in (
        ("dossiers_on_time_share", {"unit": PU_NHI, "period": MAY}),
        ("dossiers_received", {"unit": QUAN_SON, "period": "2024-05", "map": "2020"}),
        ("einvoice_turnover", {"unit": "38", "period": "2021"}),
    ):
        options = [word for option, value in asked.items() for word in (f"--{option}", value)]
        done = command("figure", name, *options, "--json", "--data", str(hub.data))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == hub.ask(f"/v1/indicators/{name}", **asked)
    said = command(
        "figure", "dossiers_on_time_share", "--unit", PU_NHI, "--period", MAY, "--data", str(hub.data)
    )
    assert "Xã Pù Nhi" in said.stdout
    assert "2 of 2, from 2 rows" in said.stdout
    assert "(ok)" in said.stdout


class Curl:
    """Curl lines of one agency against one hub."""

    def __init__(self, hub: RunningHub, agency: str, folder: Path) -> None:
        self.hub = hub
        self.folder = folder
        self.key = key_of(hub, agency, "dossiers", "einvoices")

    def __call__(self, path: str, *arguments: str, body: bytes = b"") -> Answered:
        data = ("--data-binary", "@-") if body else ()
        own = ("--header", f"Authorization: Bearer {self.key}", *arguments, *data)
        return curl(*own, f"{self.hub.gateway}{path}", body=body, folder=self.folder)

    def binary(self, feed: str, kind: str, body: bytes, path: str = "/v1/events") -> Answered:
        """The event's attributes are headers, the body is the message itself."""
        attributes = {"specversion": "1.0", "id": "1", "source": "/e2e", "type": f"vn.gov.ioc.{feed}"}
        headers = [word for name, value in attributes.items() for word in ("--header", f"ce-{name}: {value}")]
        return self(path, *headers, "--header", f"Content-Type: {kind}", body=body)

    def structured(self, *events: Json, path: str = "/v1/events") -> Answered:
        """One event as a JSON document, or several as a batch."""
        kind = "application/cloudevents-batch+json" if len(events) > 1 else "application/cloudevents+json"
        told = events if len(events) > 1 else events[0]
        return self(path, "--header", f"Content-Type: {kind}", body=json.dumps(told).encode())

    def followed(self, *answers: Answered) -> None:
        """Every receipt of these answers reaches `counted`, asked by curl too."""
        for answer in answers:
            assert answer.status == 202, answer.body
            deadline = time.monotonic() + 60
            while (state := self(f"/v1/receipts/{answer.json['receipt']}").json)["state"] != "counted":
                assert time.monotonic() < deadline, state
                time.sleep(0.1)


def event(number: int, feed: str, **data: object) -> Json:
    """A CloudEvent that carries some data."""
    return {"specversion": "1.0", "id": str(number), "source": "/e2e", "type": f"vn.gov.ioc.{feed}"} | data


def in_muong_chanh(number: int, **changes: object) -> Json:
    told = {"DonViXuLy": "UBND Xã Mường Chanh", "NgayNopHoSo": "20260512080000"}
    told |= {"NgayTiepNhan": "20260512083000", "NgayHenTra": "20260520170000"}
    return dossier(f"E2E-CURL-{number}", **(told | changes))


@pytest.fixture(scope="module")
def typed(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Curl:
    return Curl(hub, "2606", tmp_path_factory.mktemp("curl"))


def test_json_events_of_every_mode_are_counted(hub: RunningHub, typed: Curl) -> None:
    first, second, third, fourth = (in_muong_chanh(number) for number in (1, 2, 3, 4))
    typed.followed(
        typed.binary("dossiers", "application/json", json.dumps(first).encode()),
        typed.structured(event(2, "dossiers", data=json.loads(synchronised(second)))),
        typed.structured(event(3, "dossiers", data=third), event(4, "dossiers", data=fourth)),
    )
    assert figure(hub, "dossiers_received", unit=MUONG_CHANH, period=DAY) == 4


def test_one_invoice_in_xml_counts_once_however_it_is_carried(hub: RunningHub, typed: Curl) -> None:
    """In the body, as a string, as base64, in a batch, as a file: the same bytes are the same delivery."""
    invoice = hdons(OURS / "einvoices" / "five_invoices.xml")[0].replace(
        b"<SHDon>1</SHDon>", b"<SHDon>901</SHDon>"
    )
    text, packed = invoice.decode(), base64.b64encode(invoice).decode()
    alone = [
        typed.binary("einvoices", "application/xml", invoice),
        typed.structured(event(1, "einvoices", datacontenttype="application/xml", data=text)),
        typed.structured(event(2, "einvoices", datacontenttype="application/xml", data_base64=packed)),
        typed("/v1/feeds/einvoices/deliveries", "--header", "Content-Type: application/xml", body=invoice),
    ]
    both = typed.structured(
        event(3, "einvoices", datacontenttype="text/xml", data=text),
        event(4, "einvoices", datacontenttype="application/xml", data_base64=packed),
    )
    typed.followed(*alone, both)
    assert len({answer.json["delivery"] for answer in alone}) == 1
    assert both.json["accepted"] == 2
    asked = {"unit": QUAN_SON, "map": "2020", "period": "2024-05-06"}
    assert figure(hub, "einvoices_issued", **asked) == 1
    assert figure(hub, "einvoice_turnover", **asked) == 1_000_000


def test_a_trial_run_keeps_nothing_at_any_door(hub: RunningHub, typed: Curl) -> None:
    before = figure(hub, "dossiers_received", unit=MUONG_CHANH, period=NEXT_DAY)
    good = in_muong_chanh(5, NgayTiepNhan="20260513083000")
    bad = in_muong_chanh(6, NgayTiepNhan="20260231083000")
    body = synchronised(good, bad)
    kind = ("--header", "Content-Type: application/json")
    tried = [
        typed("/v1/feeds/dossiers/deliveries?dry_run=1", *kind, body=body),
        typed.binary("dossiers", "application/json", body, path="/v1/events?dry_run=1"),
        typed.structured(event(7, "dossiers", data=json.loads(body)), path="/v1/events?dry_run=1"),
    ]
    for answer in tried:
        told = answer.json
        assert (answer.status, told["receipt"], told["dry_run"]) == (200, None, True)
        assert (told["accepted"], told["rejected"]) == (1, 1)
        (reject,) = told["rejects"]
        assert (reject["index"], reject["dead_letter"]) == (1, None)
        assert reject["reason"] == "impossible_date:NgayTiepNhan"
    only_bad = typed("/v1/feeds/dossiers/deliveries?dry_run=1", *kind, body=synchronised(bad))
    assert (only_bad.status, only_bad.json["receipt"]) == (422, None)
    withdrawal = json.dumps({"entities": ["E2E-CURL-1"], "reason": "thử"}).encode()
    assert typed("/v1/feeds/dossiers/withdrawals?dry_run=1", *kind, body=withdrawal).json["accepted"] == 1
    # What is really sent afterwards passes every partition: nothing of the trials is still on its way.
    real = [in_muong_chanh(number, NgayTiepNhan="20260513083000") for number in range(10, 40)]
    typed.followed(typed("/v1/feeds/dossiers/deliveries", *kind, body=synchronised(*real)))
    assert figure(hub, "dossiers_received", unit=MUONG_CHANH, period=NEXT_DAY) == (before or 0) + len(real)
    assert figure(hub, "dossiers_received", unit=MUONG_CHANH, period=DAY) == 4
    assert typed("/v1/dead-letters").json == {"dead_letters": []}


def test_every_stage_of_a_life_can_still_be_asked_for(hub: RunningHub, life: Life) -> None:
    """The last test of this file: by now most stages are the ten seconds old that a settled answer takes."""
    young = datetime.fromisoformat(life.at["withdrawn"])
    time.sleep(max(0.0, 10.5 - (datetime.fromisoformat(instant()) - young).total_seconds()))
    for stage, at in life.at.items():
        assert shown(hub, as_of=at) == life.seen[stage], stage
    assert shown(hub) == life.seen["withdrawn"]
    done = command(
        "figure", "dossiers_received", "--unit", PU_NHI, "--period", MAY, "--as-of", life.at["received"],
        "--json", "--data", str(hub.data),
    )  # fmt: skip
    assert json.loads(done.stdout)["value"] == 3
    refused = httpx.get(
        f"{hub.api}/v1/indicators/dossiers_received",
        params={"as_of": instant()},
        headers={"Authorization": f"Bearer {hub.token}"},
    )
    assert refused.status_code == 422
    assert "10 giây" in is_problem(refused, "invalid_period")["detail"]
