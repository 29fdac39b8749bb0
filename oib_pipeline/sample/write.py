"""Writes the sample releases: ``python -m oib_pipeline.sample.write --out data/raw``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from oib_pipeline.registry import Registry, load_registry
from oib_pipeline.sample.editions import editions
from oib_pipeline.sample.faults import printed_values
from oib_pipeline.sample.latent import SEED, simulate
from oib_pipeline.sample.release import build_pages, release_files
from oib_pipeline.sample.truth import truth_yaml
from oib_pipeline.sample.unwanted import unwanted_values


def sample_files(registry: Registry, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Every file of the sample, as (path under the raw folder, content), in a fixed order."""
    world = simulate(registry, seed)
    wanted, unwanted = printed_values(world), unwanted_values(world)
    values = {scope: wanted[scope] | unwanted[scope] for scope in wanted}
    for edition in editions():
        pages = build_pages(edition, world, values, registry)
        for name, content in release_files(edition, pages).items():
            yield f"{edition.release}/{name}", content
    yield "truth.yml", truth_yaml(world)


def write_releases(out: Path, registry: Registry, seed: int = SEED) -> list[Path]:
    """Write the sample below ``out``; the paths written.

    A workbook in a sample release's folder that the sample no longer has is removed.
    """
    written = []
    for name, content in sample_files(registry, seed):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    for edition in editions():
        for stale in set((out / edition.release).glob("*.xlsx")) - set(written):
            stale.unlink()
    return written


def main(arguments: list[str] | None = None) -> int:
    """Command line: where to write, and whose registry to read."""
    parser = argparse.ArgumentParser(description="Write the synthetic sample releases.")
    parser.add_argument("--out", type=Path, default=Path("data/raw"), help="raw folder")
    parser.add_argument("--registry", type=Path, default=Path("data/registry"))
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world")
    options = parser.parse_args(arguments)
    written = write_releases(options.out, load_registry(options.registry), options.seed)
    size = sum(path.stat().st_size for path in written)
    sys.stdout.write(f"{len(written)} files, {size / 1e6:.1f} MB, below {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
