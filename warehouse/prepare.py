"""What must stand in the warehouse before anything is landed: units, agencies and whose hub it is."""

from iochub.errors import DeclarationError
from iochub.ingest.units import Units
from iochub.warehouse.store import Store

UNIT_COLUMNS = ("map", "code", "key", "name", "level", "parent", "valid_from", "valid_to", "members")


def load_units(store: Store, units: Units) -> None:
    """Keep the units of all maps and the known agencies, for dashboards that ask the warehouse alone.

    Raises: StoreUnavailable; the caller tries again.
    """
    store.insert(
        "units",
        UNIT_COLUMNS,
        [
            (
                unit.map_name, unit.code, unit.key, unit.name, unit.level, unit.parent, unit.valid_from,
                unit.valid_to, sorted(units.members(unit.code, unit.map_name)),
            )
            for unit in units.all()
        ],
    )  # fmt: skip
    store.insert(
        "agencies", ("code", "name", "unit"), [(one.code, one.name, one.unit) for one in units.agencies()]
    )


def check_identity(store: Store, fingerprint: str) -> None:
    """Write the fingerprint of the identity key once, or compare it with the one that stands there.

    Raises: DeclarationError when another key made the entity keys that are kept; the operator acts.
    StoreUnavailable; the caller tries again.
    """
    standing = store.rows("SELECT argMin(fingerprint, recorded_at) FROM identity HAVING count() > 0")
    if not standing:
        store.insert("identity", ("fingerprint",), [(fingerprint,)])
        return
    if standing[0][0] != fingerprint:
        raise DeclarationError(
            "IOCHUB_IDENTITY_KEY is not the key that this warehouse's entity keys were made with: every "
            "household seller would be counted twice. Put the former key back (it lies in the backup's "
            "secrets.json). The identity key is never rotated.",
            setting="IOCHUB_IDENTITY_KEY",
        )
