import pytest

from iochub.errors import DeclarationError
from iochub.settings import Settings, read_settings, setting_names


def test_settings_made_in_code_look_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOCHUB_API__PORT", "1234")
    assert Settings().api.port == 8200
    assert read_settings().api.port == 1234
    assert read_settings({}).api.port == 8200


def test_every_setting_can_be_set_by_its_name() -> None:
    values = {"IOCHUB_KAFKA__PARTITIONS": "7", "iochub_demo": "true", "IOCHUB_WALL__POLL_SECONDS": "0.5"}
    read = read_settings(values)
    assert (read.kafka.partitions, read.demo, read.wall.poll_seconds) == (7, True, 0.5)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("IOCHUB_KAFKA__PARTITONS", "IOCHUB_KAFKA__PARTITIONS"),
        ("IOCHUB_KAKFA__PARTITIONS", "IOCHUB_KAFKA__PARTITIONS"),
        ("IOCHUB_LOGLEVEL", "IOCHUB_LOG_LEVEL"),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_name_that_was_meant(name: str, meant: str) -> None:
    with pytest.raises(DeclarationError, match=meant) as refused:
        read_settings({name: "1"})
    assert name in refused.value.message


def test_a_wrong_value_is_refused_by_name_without_being_shown() -> None:
    with pytest.raises(DeclarationError) as refused:
        read_settings({"IOCHUB_API__PORT": "hunter2"})
    assert "IOCHUB_API__PORT" in refused.value.message
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    "wrong", ["kafka", "kafka:", ":9092", "kafka:90921", "kafka:9092,", "kafka://a:9092"]
)
def test_a_kafka_address_that_no_client_takes_is_refused_before_anything_starts(wrong: str) -> None:
    with pytest.raises(DeclarationError, match=r"IOCHUB_KAFKA__BOOTSTRAP.*host:port"):
        read_settings({"IOCHUB_KAFKA__BOOTSTRAP": wrong})


def test_several_kafka_addresses_may_be_named() -> None:
    several = "a.example:9092, [::1]:9093"
    assert read_settings({"IOCHUB_KAFKA__BOOTSTRAP": several}).kafka.bootstrap == several


def test_a_delivery_cannot_wait_for_less_than_nothing() -> None:
    with pytest.raises(DeclarationError, match="IOCHUB_GATEWAY__ACKNOWLEDGE_SECONDS"):
        read_settings({"IOCHUB_GATEWAY__ACKNOWLEDGE_SECONDS": "-1"})


def test_secrets_are_masked_when_shown() -> None:
    shown = str(read_settings({"IOCHUB_IDENTITY_KEY": "hunter2"}).model_dump(mode="json"))
    assert "hunter2" not in shown


def test_names_are_listed_once_and_in_capitals() -> None:
    names = setting_names()
    assert len(names) == len(set(names))
    assert all(name == name.upper() for name in names)
    assert "IOCHUB_CLICKHOUSE__READER_PASSWORD" in names
