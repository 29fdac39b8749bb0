"""How long Dagster's own storage of events and runs takes, within this process."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster._core.storage.runs import SqlRunStorage


class Stored:
    """Seconds, and seconds of the processor, in every public method of the two storages.

    A method that another calls counts once.
    """

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0
        self._inside = False
        for storage in (SqlEventLogStorage, SqliteEventLogStorage, SqlRunStorage):
            for name, method in list(vars(storage).items()):
                if not name.startswith("_") and inspect.isfunction(method):
                    setattr(storage, name, self._timed(method))

    def _timed(self, method: Callable) -> Callable:
        @wraps(method)
        def timed(*arguments: Any, **named: Any) -> Any:
            if self._inside:
                return method(*arguments, **named)
            start, used, self._inside = time.perf_counter(), time.process_time(), True
            try:
                return method(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - start
                self.cpu += time.process_time() - used
                self._inside = False

        return timed
