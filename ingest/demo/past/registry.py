"""Every feed that has a past in the demo province."""

from iochub.ingest.demo.past import documents, dossiers, einvoices, hospitals, procedures, reports
from iochub.ingest.demo.past.sending import FeedPast

PAST: dict[str, FeedPast] = {
    "documents": FeedPast(documents.opening, documents.posts, documents.LONGEST_DAYS, at_once=4),
    "dossiers": FeedPast(procedures.opening, dossiers.posts, dossiers.LONGEST_DAYS),
    "einvoices": FeedPast(lambda _: iter(()), einvoices.posts, einvoices.LONGEST_DAYS),
    "hospitals": FeedPast(hospitals.opening, hospitals.posts, hospitals.LONGEST_DAYS, at_once=2),
    "reports": FeedPast(reports.opening, reports.posts, reports.LONGEST_DAYS),
}
