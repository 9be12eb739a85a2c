"""Whatever happens to a hospital's file, each of its records is one reading or one refusal with a reason."""

import base64
import json
import random
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import OURS, all_published, only_reading, ours, outcomes

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.reasons import SENTENCES

some = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

FILES = [
    path
    for path in [*sorted((OURS / "hospitals").iterdir()), *all_published("hospitals")]
    if path.suffix == ".xml"
]
INLINE = ours("hospitals", "one_dossier_inline.xml").decode()
TABLE = re.compile(r"(?<=<NOIDUNGFILE>).+?(?=</NOIDUNGFILE>)", re.DOTALL)

ODD = [
    "", " ", "0", "-1", "1e9", "9" * 30, "NaN", "00010101", "000101010000", "999912312359",
    "202602300000", "38001", "2", "1.10", "16", "Nguyễn Văn Mẫu", "\u0301", ";;;", "<b>x</b>",
    "<![CDATA[x]]>", "&#0;", "&lol;",
]  # fmt: skip


def check(delivery: bytes) -> None:
    found = outcomes("hospitals", delivery)
    assert found, "in = accepted + rejected"
    assert [outcome.number for outcome in found] == list(range(len(found)))
    for outcome in found:
        assert isinstance(outcome, (Reading, Refusal))
        if isinstance(outcome, Refusal):
            assert outcome.reason.partition(":")[0] in SENTENCES
            assert outcome.raw


@some
@given(seed=st.integers(0, 2**32 - 1))
def test_a_dossier_with_elements_swapped(seed: int) -> None:
    chance = random.Random(seed)
    parts = chance.choice(FILES).read_bytes().split(b">")
    for _ in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[one], parts[other] = parts[other], parts[one]
    check(b">".join(parts))


@some
@given(seed=st.integers(0, 2**32 - 1))
def test_a_dossier_with_any_field_written_oddly_inline_or_in_base64(seed: int) -> None:
    chance = random.Random(seed)
    text = INLINE
    for _ in range(chance.randint(1, 3)):
        places = [found.span(1) for found in re.finditer(r"<[A-Z_]+>([^<>]*)</[A-Z_]+>", text)]
        start, end = chance.choice(places)
        text = text[:start] + chance.choice(ODD) + text[end:]
    check(text.encode())
    check(TABLE.sub(lambda one: base64.b64encode(one[0].encode()).decode(), text).encode())


@some
@given(data=st.data())
def test_a_table_cut_or_changed_inside_base64(data: st.DataObject) -> None:
    def broken(one: re.Match[str]) -> str:
        inner = bytearray(one[0].encode())
        if data.draw(st.booleans()):
            inner = inner[: data.draw(st.integers(0, len(inner)))]
        elif inner:
            inner[data.draw(st.integers(0, len(inner) - 1))] = data.draw(st.integers(0, 255))
        return base64.b64encode(bytes(inner)).decode()

    check(TABLE.sub(broken, INLINE).encode())


@some
@given(file=st.binary(max_size=200))
def test_any_bytes_in_the_call_to_the_insurance_s_gateway(file: bytes) -> None:
    check(json.dumps({"fileHSBase64": base64.b64encode(file).decode()}).encode())
    check(json.dumps({"fileHSBase64": file.decode("latin-1")}).encode())


@pytest.mark.parametrize("form", ["NFD", "NFC", "NFKD"])
def test_the_form_of_vietnamese_letters_changes_no_figure(form: str) -> None:
    again = unicodedata.normalize(form, INLINE).encode()  # type: ignore[arg-type]
    assert only_reading("hospitals", again).row == only_reading("hospitals", INLINE.encode()).row


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_a_file_in_another_encoding_is_read_or_refused_whole(encoding: str) -> None:
    text = INLINE.replace('encoding="utf-8"', f'encoding="{encoding[:6]}"' if "16" in encoding else "")
    body = text.encode(encoding)
    check(body)
    if encoding != "utf-16-be":
        assert only_reading("hospitals", body).row == only_reading("hospitals", INLINE.encode()).row


def test_vietnamese_in_an_old_code_page_is_refused_by_name() -> None:
    body = INLINE.encode("utf-8").replace("Nội".encode(), b"N\xe9i")
    (refused,) = outcomes("hospitals", body)
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.field) == ("unreadable_delivery", "encoding")
