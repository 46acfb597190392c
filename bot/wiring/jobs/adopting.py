"""Adopting what a run that died left: its jobs' artifacts answer the orders that are still out."""

from __future__ import annotations

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterable

from bot.domain.errors import DeliveryRefused
from bot.domain.orders import Noted, Parcel
from bot.github.artifacts import Artifacts
from bot.wiring.jobs.dispatching import client_of
from bot.wiring.jobs.files import MOST_BYTES, SIZES, delivery_of, parcel_of
from bot.wiring.jobs.job import Job

_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError,
    ValueError, OSError,
)  # fmt: skip
"""What the library raises for archives that are none."""


def adopt(job: Job, run: str, orders: Iterable[Noted]) -> dict[str, Parcel]:
    """Return the parcels of another run's jobs, by order name. Raises ServiceError."""
    wanted = {o.name for o in orders}
    parcels: dict[str, Parcel] = {}
    with client_of(job) as client:
        artifacts = Artifacts(client, job.api_url, job.token, job.repository)
        for title, number in artifacts.of_run(run).items():
            name = delivery_of(title)
            if name not in wanted:
                continue
            archive = artifacts.download(number, MOST_BYTES)
            if archive is not None:
                parcels[name] = unpacked(archive, name)
    return parcels


def unpacked(archive: bytes, name: str) -> Parcel:
    """Return the parcel in an archive, or one that says why it is refused."""
    try:
        return parcel_of(_contents(archive), name)
    except DeliveryRefused as error:
        return Parcel(None, refused=str(error))


def _contents(archive: bytes) -> dict[str, bytes]:
    """Return the files of an archive: only those that a delivery has, and plain ones."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            names = [e.filename for e in entries]
            if len(set(names)) != len(names):
                raise DeliveryRefused("two of its files have one name.")
            return {e.filename: _content(opened, e) for e in entries}
    except _BROKEN as error:
        raise DeliveryRefused(f"it is no archive: {error}.") from error


def _content(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    most = SIZES.get(entry.filename)
    if most is None:
        raise DeliveryRefused(f"it holds {entry.filename[:100]!r}, which nobody asked for.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise DeliveryRefused(f"{entry.filename} is no plain file.")
    with opened.open(entry) as file:
        content = file.read(most + 1)  # what the archive says of its size is not believed
    if len(content) > most:
        raise DeliveryRefused(f"{entry.filename} has more than {most:,} bytes.")
    return content
