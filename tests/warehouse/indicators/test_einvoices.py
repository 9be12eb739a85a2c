"""What messages of four kinds about invoices come to, worked out by hand, counted by the real warehouse."""

import pytest
from native_hub import NativeHub
from published import ours

from iochub.ingest.feeds.registry import FEEDS
from iochub.warehouse.indicators.einvoices import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store

MAY = "2024-05"


@pytest.fixture
def hub(empty: Store) -> NativeHub:
    feed = FEEDS["einvoices"]
    migrate(empty, [type(feed)])
    return NativeHub(empty, feed, INDICATORS)


def test_rows_of_tables_are_invoices_and_petrol_is_turnover_alone(hub: NativeHub) -> None:
    """Invoices 1, 3 and the adjustment 4 of the tables, and the cash register's: four.

    310 000 + 250 000 − 10 000 + 5 000 000 + 3 000 000 of petrol + 50 000 = 8 600 000; tax 29 000 + 25 000
    − 1 000 + 500 000 + 300 000 = 853 000. One enterprise and one household.
    """
    for _ in range(2):  # sent again it changes nothing
        hub.send(ours("einvoices", "messages_206_400_300_301.xml"), sender="2600")
        assert hub.value("einvoices_issued", MAY) == 4
        assert hub.value("einvoice_turnover", MAY) == 8_600_000
        assert hub.value("einvoice_vat", MAY) == 853_000
        assert hub.value("einvoice_turnover", "2024-05-06") == 8_360_000
        assert hub.value("einvoice_enterprises", MAY) == 1
        assert hub.value("einvoice_households", MAY) == 1


def test_a_withdrawn_row_of_petrol_is_turnover_no_more(hub: NativeHub) -> None:
    hub.send(ours("einvoices", "messages_206_400_300_301.xml"), sender="2600")
    hub.withdraw("9900010007:table:06/05/2024:DO", sender="2600")
    assert hub.value("einvoice_turnover", MAY) == 5_600_000
