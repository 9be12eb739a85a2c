"""A document that bears a secrecy mark is refused by that name; one that speaks of secrets is not."""

import unicodedata

import pytest
from letters import letter, outgoing
from published import only_reading, outcomes, reasons

from iochub.ingest.feed import Refusal

FIELDS = [
    "<OtherInfo><SphereOfPromulgation>{}</SphereOfPromulgation></OtherInfo>",
    "<OtherInfo><Priority>{}</Priority></OtherInfo>",
    "<OtherInfo><TyperNotation>{}</TyperNotation></OtherInfo>",
    "<DocumentType><TypeName>{}</TypeName></DocumentType>",
    "<SteeringType>{}</SteeringType>",
    "<DoMat>{}</DoMat>",
    "<OtherInfo><Secret>{}</Secret></OtherInfo>",
    "<Subject>{}</Subject>",
    "<Content>{}</Content>",
    "<Subject><b>{}</b></Subject>",
    "<Content>Kế hoạch<p>{}</p></Content>",
]
MARKS = ["Mật", "MẬT", "Tối mật", "TỐI MẬT", "Tuyệt mật", " tuyệt  mật "]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_mark_is_refused_wherever_offices_write_it(field: str, mark: str, form: str) -> None:
    body = letter(extra=unicodedata.normalize(form, field.format(mark)))  # type: ignore[arg-type]
    ((reason, _),) = reasons("documents", body)
    assert reason == "secret"


@pytest.mark.parametrize(
    "subject",
    ["V/v báo cáo tình hình (MẬT)", "[Tối mật] Kế hoạch", "Kế hoạch. Độ mật: Tuyệt mật", "độ mật - mật"],
)
def test_a_mark_in_a_subject_is_refused(subject: str) -> None:
    assert reasons("documents", letter(extra=f"<Subject>{subject}</Subject>")) == [("secret", "Subject")]
    assert reasons("documents", outgoing(Subject=subject)) == [("secret", "Subject")]


@pytest.mark.parametrize(
    "subject",
    [
        "V/v bảo đảm an toàn, bảo mật thông tin",
        "Hướng dẫn Luật Bảo vệ bí mật nhà nước",
        "Quản lý tài liệu tối mật, tuyệt mật",
        "Mật độ dân số; ong mật; mật khẩu",
        "Đặt mật khẩu (mật khẩu mạnh)",
        "Ra mắt (mắt thường)",
    ],
)
def test_a_subject_that_speaks_of_secrets_bears_no_mark(subject: str) -> None:
    assert only_reading("documents", letter(extra=f"<Subject>{subject}</Subject>")).kind == "document"
    assert only_reading("documents", outgoing(Subject=subject)).kind == "register"


@pytest.mark.parametrize("value", ["", "0", "Thường", "thuong", "Không mật", "false"])
def test_a_secrecy_field_that_says_none_is_no_mark(value: str) -> None:
    assert only_reading("documents", letter(extra=f"<DoMat>{value}</DoMat>")).row["flagged"] == 1
    assert only_reading("documents", outgoing(Secrecy=value)).kind == "register"


@pytest.mark.parametrize("value", ["1", "A", "Mật", "TOI MAT", "C"])
def test_a_secrecy_field_that_says_anything_else_is_one(value: str) -> None:
    assert reasons("documents", letter(extra=f"<DoMat>{value}</DoMat>")) == [("secret", "DoMat")]
    assert [reason for reason, _ in reasons("documents", outgoing(Secrecy=value))] == ["secret"]


def test_a_secretary_is_no_secret() -> None:
    body = letter(extra="<SecretaryOffice>Văn phòng</SecretaryOffice>")
    assert only_reading("documents", body).row["flagged"] == 1


def test_the_refusal_says_what_it_is_in_both_languages_and_nothing_of_the_document() -> None:
    (refused,) = outcomes("documents", letter(extra="<DoMat>Tuyệt mật</DoMat><Subject>Kế hoạch X</Subject>"))
    assert isinstance(refused, Refusal)
    assert "mật" in refused.message.vi
    assert "secret" in refused.message.en
    assert "Kế hoạch" not in str(refused.message)
