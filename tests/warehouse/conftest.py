import secrets
from collections.abc import Iterator

import pytest
from clickhouse_engine import ClickHouse
from hub_in_process import HubInProcess
from permits import Permits
from pydantic import SecretStr

from iochub.settings import ClickHouseSettings
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store


def settings_of(engine: ClickHouse, database: str) -> ClickHouseSettings:
    return ClickHouseSettings(
        host=engine.host,
        port=engine.port,
        database=database,
        writer_password=SecretStr(engine.writer_password),
        reader_password=SecretStr(engine.reader_password),
    )


@pytest.fixture
def empty(clickhouse: ClickHouse) -> Iterator[Store]:
    """The writer's store on a database of its own, without any table."""
    database = f"test_{secrets.token_hex(6)}"
    root = Store(settings_of(clickhouse, "default"), may_write=True)
    root.run(f"CREATE DATABASE {database} ENGINE = Atomic")
    store = Store(settings_of(clickhouse, database), may_write=True)
    yield store
    store.close()
    root.run(f"DROP DATABASE {database} SYNC")
    root.close()


@pytest.fixture
def store(empty: Store) -> Store:
    """The writer's store with all tables of a hub that takes permits."""
    migrate(empty, [Permits])
    return empty


@pytest.fixture
def hub(store: Store) -> HubInProcess:
    return HubInProcess(store)
