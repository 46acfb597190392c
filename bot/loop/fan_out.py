"""The only concurrency: tasks side by side, while the caller keeps the lease alive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from bot.domain.errors import Elsewhere

T = TypeVar("T")

TICK = 1.0
"""Seconds between two looks at what else is due."""


def aside(task: Callable[[], T], tick: Callable[[], None]) -> T:
    """Run one long task on a thread of its own, so that the caller can keep the lease alive."""
    return fan_out([task], width=1, tick=tick)[0]


def fan_out(
    tasks: Sequence[Callable[[], T]],
    *,
    width: int,
    tick: Callable[[], None],
    done: Callable[[int, T], None] | None = None,
) -> list[T]:
    """Run tasks on up to `width` threads and return their results in the tasks' order.

    `tick` is called about every second from the calling thread, `done(index, result)` as each one
    ends. A task that raises ends the whole: tasks not begun are dropped, running ones are waited
    for, and the first error is raised. Only one that is carried out elsewhere does not keep the
    others from coming as far as they can.
    """
    if not tasks:
        return []
    with ThreadPoolExecutor(max_workers=max(1, min(width, len(tasks)))) as pool:
        futures: dict[Future[T], int] = {pool.submit(t): n for n, t in enumerate(tasks)}
        waiting = set(futures)
        elsewhere: Elsewhere | None = None
        try:
            while waiting:
                ended, waiting = wait(waiting, timeout=TICK, return_when=FIRST_COMPLETED)
                for future in ended:
                    try:
                        result = future.result()
                    except Elsewhere as error:
                        elsewhere = error
                        continue
                    if done is not None:
                        done(futures[future], result)
                tick()
            if elsewhere is not None:
                raise elsewhere
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]
