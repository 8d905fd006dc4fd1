"""The decorator that tracks a function, and the monitor it tells by default."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, overload

from session1.monitoring.manager import MonitoringManager

F = TypeVar("F", bound=Callable[..., Any])
monitor = MonitoringManager()


@overload
def track_performance(target: F, *, name: str | None = None) -> F: ...
@overload
def track_performance(
    target: MonitoringManager | None = None, *, name: str | None = None
) -> Callable[[F], F]: ...
def track_performance(target: Any = None, *, name: str | None = None) -> Any:
    """Time every call and count how it ended, awaits included.

    `@track_performance` tells this module's `monitor`, `@track_performance(monitor)`
    one of your own; `name` is used instead of the function's.
    """
    if target is None:
        target = monitor
    if isinstance(target, MonitoringManager):
        return partial(target.track, name=name)
    return monitor.track(target, name)
