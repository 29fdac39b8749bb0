"""Lines of progress, from wherever a stage runs to whoever follows it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PROGRESS = "oib.progress"


class _Lines(logging.Handler):
    def __init__(self, say: Callable[[str], object]) -> None:
        super().__init__()
        self.say = say

    def emit(self, record: logging.LogRecord) -> None:
        self.say(record.getMessage())


@contextmanager
def told(say: Callable[[str], object]) -> Iterator[None]:
    """Progress said line by line; the warnings of the libraries are not."""
    logger, handler = logging.getLogger(PROGRESS), _Lines(say)
    level, logger.propagate = logger.level, False
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
