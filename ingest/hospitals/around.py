"""What a FHIR bundle says of its encounters beside them: facility, insurance, what was paid.

Source: HL7 FHIR R4 (4.0.1), Organization, Coverage, Claim, ExplanationOfBenefit; mapping of standards §2.7.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from iochub.ingest.hospitals.identity import is_facility
from iochub.ingest.json_records import value_of
from iochub.ingest.reading import plain, portal_decimal

DONG = "VND"

CLAIM, BENEFIT = "Claim", "ExplanationOfBenefit"
AMOUNTS = {CLAIM: ("total",), BENEFIT: ("payment", "amount")}
"""Where each says its amount."""
NO_CLAIM = (Decimal(0), False)
"""The dong of no claim, and that none had to be left out."""

PROVIDER_NUMBER = "PRN"
"""Type of the identifier that numbers a provider. Source: HL7 v2 table 0203."""

FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
"""How FHIR names a resource."""

Resource = Mapping[str, Any]


class Told(msgspec.Struct, frozen=True):
    """What the bundle around an Encounter says of it; it is kept with a dead letter."""

    facility: str = ""
    insured: bool = False
    cost: str = "0"
    insurer_paid: str = "0"
    is_partial: bool = False
    """Some amount is in another currency, of several visits together, or no amount, and left out."""


class Around:
    """What a bundle says of its encounters, by the addresses that its resources refer to each other by.

    Every resource is looked at once, however many encounters there are.
    """

    def __init__(self, resources: Sequence[tuple[Mapping[str, bytes], object]]) -> None:
        self._organizations: dict[str, str] = {}
        self._insured: set[str] = set()
        self._encounters: dict[str, str] = {}
        self._sums: dict[tuple[str, str], tuple[Decimal, bool]] = {}
        known = [(entry, resource) for entry, resource in resources if isinstance(resource, dict)]
        for entry, resource in known:
            self._hear(resource, url_of(entry))
        for _, resource in known:
            if resource.get("resourceType") in (CLAIM, BENEFIT):
                self._add(resource)

    def of(self, encounter: Resource, url: str) -> Told:
        """What belongs to one encounter; what is wrong with it is said when it is read."""
        here = self._encounters.get(next(iter(_addresses(encounter, url)), ""), "")
        cost, partial_cost = self._sums.get((CLAIM, here), NO_CLAIM)
        paid, partial_paid = self._sums.get((BENEFIT, here), NO_CLAIM)
        subject = text_in(mapping_in(encounter.get("subject")).get("reference"))
        reference = text_in(mapping_in(encounter.get("serviceProvider")).get("reference"))
        return Told(
            self._organizations.get(reference, ""),
            bool(subject) and subject in self._insured,
            plain(cost),
            plain(paid),
            partial_cost or partial_paid,
        )

    def _hear(self, resource: Resource, url: str) -> None:
        """An encounter with two addresses is known by one of them."""
        kind = resource.get("resourceType")
        if kind == "Organization":
            self._organizations |= dict.fromkeys(_addresses(resource, url), _organization(resource))
        elif kind == "Coverage":
            self._insured.add(text_in(mapping_in(resource.get("beneficiary")).get("reference")))
        elif kind == "Encounter":
            here = sorted(_addresses(resource, url))
            known = [self._encounters[one] for one in here if one in self._encounters] or here
            self._encounters |= dict.fromkeys(here, known[0] if known else "")

    def _add(self, claim: Resource) -> None:
        """The dong of a claim; one about several visits is nobody's, or it would be counted for each."""
        kind = str(claim["resourceType"])
        money: Resource = claim
        for name in AMOUNTS[kind]:
            money = mapping_in(money.get(name))
        amount = _dong(money)
        about = {self._encounters.get(one, one) for one in _encounters(claim)}
        if amount and len(about) > 1:
            amount = None
        for one in about:
            total, is_partial = self._sums.get((kind, one), NO_CLAIM)
            self._sums[kind, one] = (total + (amount or 0), is_partial or amount is None)


def _dong(money: Resource) -> Decimal | None:
    """An amount in dong, nothing for one that is not said, None for one that cannot be counted."""
    if not money:
        return Decimal(0)
    try:
        amount = portal_decimal(money.get("value"))
    except ValueError:
        return None
    return amount if money.get("currency") == DONG and amount >= 0 else None


def _organization(resource: Resource) -> str:
    """The five digits among an organization's identifiers, its number as a provider first, else its name.

    Beside it stands the number of its licence, which may have five digits too.
    """
    named = [mapping_in(one) for one in list_in(resource.get("identifier"))]
    named.sort(key=lambda one: PROVIDER_NUMBER not in types_of(one))
    values = [text_in(one.get("value")) for one in named]
    name = text_in(resource.get("id"))
    return next(filter(is_facility, values), "") or (name if FHIR_ID.fullmatch(name) else "")


def types_of(identifier: Resource) -> set[str]:
    """What sort of number an identifier is, by the codes of HL7 v2 table 0203."""
    codings = list_in(mapping_in(identifier.get("type")).get("coding"))
    return {text_in(mapping_in(coding).get("code")) for coding in codings}


def _addresses(resource: Resource, url: str) -> set[str]:
    name = text_in(resource.get("id"))
    return {one for one in (url, f"{resource.get('resourceType')}/{name}" if name else "") if one}


def _encounters(claim: Resource) -> Iterator[str]:
    for item in list_in(claim.get("item")):
        for named in list_in(mapping_in(item).get("encounter")):
            if reference := text_in(mapping_in(named).get("reference")):
                yield reference


def url_of(entry: Mapping[str, bytes]) -> str:
    """The address that an entry of a bundle gives its resource; empty where it gives none."""
    return text_in(value_of(entry.get("fullUrl", b"null")))


def mapping_in(value: object) -> Resource:
    """A value that should be an object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def list_in(value: object) -> Sequence[object]:
    """A value that should be a list; an empty one where it is none."""
    return value if isinstance(value, list) else ()


def text_in(value: object) -> str:
    """A value that should be text; empty where it is none."""
    return value.strip() if isinstance(value, str) else ""
