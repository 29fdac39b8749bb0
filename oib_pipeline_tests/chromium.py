"""The system's Chromium: found, or a reason why what needs it is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
LACKING = (
    "no Chromium on this machine, so nothing is looked at in a browser: `make test` installs it "
    "where apt-get and the right to use it are at hand; otherwise install the package chromium"
)


def path() -> str | None:
    """Where the browser is; none where it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def started() -> Iterator[Browser]:
    """A browser without a window; root may only run it without its sandbox."""
    found = path()
    if found is None:
        pytest.skip(LACKING)
    from playwright.sync_api import sync_playwright

    own = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=found, args=[*own, "--disable-dev-shm-usage"], timeout=60_000
        )
        yield opened
        opened.close()
