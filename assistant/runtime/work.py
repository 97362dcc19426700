"""Where slow work is done: in threads by the bed, at once in a simulation."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    P = ParamSpec("P")

T = TypeVar("T")


class _AtOnce(Executor):
    """Does the work while it is handed in, so that a simulation is exact."""

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return a future that is done."""
        future: Future[T] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as fault:  # noqa: BLE001  (a future carries any fault to who asks for the result)
            future.set_exception(fault)
        return future


def at_once(_: str) -> Executor:
    """Return what stands for a thread in a simulation."""
    return _AtOnce()


def worker(name: str) -> Executor:
    """Return one thread: whatever it owns is used by it alone, in the order handed in."""
    return ThreadPoolExecutor(1, thread_name_prefix=name)
