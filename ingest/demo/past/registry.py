"""Every feed that has a past in the demo province."""

from iochub.ingest.demo.past import documents, dossiers, einvoices, hospitals, reports
from iochub.ingest.demo.past.sending import FeedPast

PAST: dict[str, FeedPast] = {
    "documents": FeedPast(documents.posts, documents.LONGEST_DAYS),
    "dossiers": FeedPast(dossiers.posts, dossiers.LONGEST_DAYS),
    "einvoices": FeedPast(einvoices.posts, einvoices.LONGEST_DAYS),
    "hospitals": FeedPast(hospitals.posts, hospitals.LONGEST_DAYS),
    "reports": FeedPast(reports.posts, reports.LONGEST_DAYS),
}
