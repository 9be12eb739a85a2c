"""From what is due to the bytes that agencies send: batches, and now and then what goes wrong."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from random import Random

from iochub.ingest.demo import dossiers, einvoices
from iochub.ingest.demo.dossiers import DossierLife
from iochub.ingest.demo.einvoices import InvoiceLife
from iochub.ingest.demo.past.posts import Post, delivery, in_json
from iochub.ingest.demo.schedule import Happening

BATCH = 200
SENT_TWICE_SHARE = 0.01
ORDER = ("received", "step", "corrected", "withdrawn", "finished")
"""As the forms follow each other in every dossier's life."""


def deliveries(feed: str, due: Sequence[Happening]) -> Iterator[Post]:
    """Batches in the order of time; about one in a hundred is sent twice."""
    make = dossier_deliveries if feed == "dossiers" else invoice_deliveries
    for place in range(0, len(due), BATCH):
        for post in make(due[place : place + BATCH]):
            yield post
            if Random(post.body).random() < SENT_TWICE_SHARE:
                yield post


def dossier_deliveries(due: Sequence[Happening]) -> Iterator[Post]:
    """What has the same form shares a message; a life's own order is that of the forms."""
    by_form = sorted(due, key=lambda happening: ORDER.index(happening.form))
    for form, group in groupby(by_form, key=lambda happening: happening.form):
        lives = [happening.life for happening in group if isinstance(happening.life, DossierLife)]
        match form:
            case "received":
                message = dossiers.dossiers_message(
                    [dossiers.received(each) for each in lives], updating=False
                )
            case "corrected":
                message = dossiers.dossiers_message(
                    [dossiers.corrected(each) for each in lives], updating=True
                )
            case "finished":
                message = dossiers.dossiers_message(
                    [dossiers.finished(each) for each in lives], updating=True
                )
            case "step":
                message = dossiers.steps_message([dossiers.step(each) for each in lives])
            case _:
                message = {"entities": [each.code for each in lives], "reason": "Gửi nhầm hồ sơ thử"}
        address = "withdrawals" if form == "withdrawn" else "deliveries"
        yield in_json("dossiers", message, address)


def invoice_deliveries(due: Sequence[Happening]) -> Iterator[Post]:
    """One message 203 with all of them."""
    bodies = [
        einvoices.mending(happening.life) if happening.form == "mended" else einvoices.invoice(happening.life)
        for happening in due
        if isinstance(happening.life, InvoiceLife)
    ]
    message = einvoices.invoices_message(bodies, salt=due[0].at.isoformat())
    yield delivery("einvoices", "application/xml", message.encode())
