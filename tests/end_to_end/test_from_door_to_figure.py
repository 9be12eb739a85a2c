"""What a person sends by hand, followed to the figure: a dossier's life, CloudEvents by curl, trial runs."""

import base64
import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from callers import Answered, command, curl, figure, key_of
from dossier_life import DAY, MAY, NEXT_DAY, PU_NHI, STAGES, Life
from messages import Json, dossier, hdons, synchronised
from published import OURS
from running_hub import RunningHub

MUONG_CHANH, QUAN_SON = "14866", "387"


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
