"""Orders and deliveries as files. What comes back is read as if an enemy had written it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.domain.errors import DeliveryRefused, StateDiverged, UserError
from bot.domain.orders import Delivery, Noted, Order, Parcel
from bot.state.codec import JsonCodec
from bot.words.secrets import SecretPatterns

DELIVERY = "delivery.json"
OBJECTS = "objects.pack"
SIZES = {DELIVERY: 8_000_000, OBJECTS: 64_000_000}
"""The files of a delivery, and how many bytes each may have."""
MOST_BYTES = sum(SIZES.values())
MOST = 300
"""Deliveries of one stage: a matrix has 256 jobs at most."""
_FOLDER = re.compile(r"specloop-delivery-(?P<stage>[1-9])-(?P<name>[0-9A-Za-z.-]{1,100})")


def write_orders(folder: Path, orders: Sequence[Order]) -> tuple[Noted, ...]:
    """Write one file per order, and return what the record keeps of each."""
    folder.mkdir(parents=True, exist_ok=True)
    noted = []
    for order in orders:
        content = JsonCodec().encode(order)
        (folder / f"{order.name}.json").write_bytes(content)
        noted.append(Noted(order.name, order.nonce, _digest(content), order.work))
    return tuple(noted)


def read_order(path: Path) -> tuple[Order, str]:
    """Return an order and its digest. Raises UserError when the file is none."""
    try:
        content = path.read_bytes()
        return JsonCodec().decode(Order, content), _digest(content)
    except (OSError, StateDiverged) as error:
        raise UserError(f"{path} is no order: {error}") from error


def write_parcel(folder: Path, delivery: Delivery, objects: bytes) -> None:
    """Write a delivery and its objects into a folder that becomes an artifact."""
    folder.mkdir(parents=True, exist_ok=True)
    redact = SecretPatterns().redact
    if objects:
        (folder / OBJECTS).write_bytes(objects)
    draft = folder / f"{DELIVERY}.new"
    draft.write_bytes(JsonCodec(redact).encode(delivery))
    draft.replace(folder / DELIVERY)


def read_parcels(folder: Path) -> dict[str, Parcel]:
    """Return the deliveries below a folder by order name, one folder each.

    A folder is named as the job that uploaded it could name it and no other: after its stage and
    its order. What is not as it should be is a parcel that says why it is refused.
    """
    if not folder.is_dir():
        return {}
    parcels: dict[str, Parcel] = {}
    for entry in sorted(folder.iterdir())[:MOST]:
        name = delivery_of(entry.name)
        if not name:
            continue
        try:
            parcels[name] = parcel_of(_contents(entry), name)
        except DeliveryRefused as error:
            parcels[name] = Parcel(None, refused=str(error))
    return parcels


def delivery_of(artifact: str) -> str:
    """Return the name of the order that an artifact is the delivery for; empty when it is none."""
    found = _FOLDER.fullmatch(artifact)
    return found["name"] if found else ""


def _contents(folder: Path) -> dict[str, bytes]:
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise DeliveryRefused("it is no folder.")
    return {path.name: _content(path) for path in sorted(folder.iterdir())}


def parcel_of(contents: Mapping[str, bytes], name: str) -> Parcel:
    """Return the parcel of an order that files make. Raises DeliveryRefused."""
    if DELIVERY not in contents:
        raise DeliveryRefused(f"there is no {DELIVERY} in it.")
    try:
        delivery = JsonCodec().decode(Delivery, contents[DELIVERY])
    except StateDiverged as error:
        raise DeliveryRefused(str(error)) from error
    if delivery.name != name:
        raise DeliveryRefused(f"the job {name} says it is {delivery.name[:100]!r}.")
    return Parcel(delivery, contents.get(OBJECTS, b""))


def _content(path: Path) -> bytes:
    """Return a plain file's content, whose name and size are known beforehand."""
    most = SIZES.get(path.name)
    if most is None:
        raise DeliveryRefused(f"it holds {path.name[:100]!r}, which nobody asked for.")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise DeliveryRefused(f"{path.name} is no plain file.") from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise DeliveryRefused(f"{path.name} is no plain file.")
        if facts.st_size > most:
            raise DeliveryRefused(f"{path.name} has {facts.st_size:,} bytes; {most:,} fit.")
        return _all_of(descriptor, most)
    finally:
        os.close(descriptor)


def _all_of(descriptor: int, most: int) -> bytes:
    parts, left = [], most
    while left and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
