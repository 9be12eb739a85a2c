"""Every feed the hub takes, by name; adding one is its file and a line here."""

from iochub.ingest.feed import Feed
from iochub.ingest.feeds.documents import Documents
from iochub.ingest.feeds.dossiers import Dossiers
from iochub.ingest.feeds.einvoices import EInvoices
from iochub.ingest.feeds.hospitals import Hospitals
from iochub.ingest.feeds.reports import Reports

FEEDS: dict[str, Feed] = {
    feed.name: feed for feed in (Documents(), Dossiers(), EInvoices(), Hospitals(), Reports())
}
