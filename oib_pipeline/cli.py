"""The ``oib`` command: refresh, status, inspect, trace, cities in and out, draft-manifest."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from oib_pipeline.contract.errors import OibError

Command = Callable[[argparse.Namespace], int | None]
NAMES = ("name_zh", "name_en", "pinyin", "lon", "lat")
PLACE = ("region", "kind", "province_code", "province_zh", "province_en")
NO_READER = 141  # what a shell shows of a program that SIGPIPE ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 when all went well, 1 with a reason on the error stream otherwise.

    Where whoever reads the output has gone, as `head` does, it ends without a word.
    """
    # Matrices here are small: waking threads for them costs up to ten times what it saves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options = _parser().parse_args(arguments)
    try:
        code = options.command(options) or 0
        sys.stdout.flush()
        return code
    except OibError as error:
        print(f"oib: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("oib: interrupted; what was there before stays", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _hush()
        return NO_READER
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"oib: {place}{error.strerror or error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oib", description="From city yearbooks to the estimates of a place-based policy."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    refresh = _command(commands, "refresh", _refresh, "the main job: bring reports up to date")
    refresh.add_argument(
        "--study", action="append", default=[], help="only this study (repeatable)"
    )
    refresh.add_argument("--raw", help="folder of releases (default: OIB_RAW, or data/raw)")
    refresh.add_argument(
        "--profiles", action="store_true", help="also make the page of each city that has none"
    )
    refresh.add_argument("--verbose", action="store_true", help="show Dagster's own log lines")
    status = _command(commands, "status", _status, "what is up to date, and what is not and why")
    status.add_argument("--raw", help="folder of releases (default: OIB_RAW, or data/raw)")
    inspect = _command(
        commands, "inspect", _inspect, "what a file or a release folder would give; writes nothing"
    )
    inspect.add_argument("path", type=Path)
    inspect.add_argument("--against", type=Path, help="earlier edition to compare with")
    inspect.add_argument(
        "--series", default="", help="where no release.yml says it: ccsy, csmar, ..."
    )
    inspect.add_argument(
        "--edition",
        default="",
        help="where no release.yml says it: the edition's year, not the data's",
    )
    trace = _command(commands, "trace", _trace, "how a number of a study's panel came about")
    trace.add_argument("--study", required=True)
    trace.add_argument("--city", required=True, help="six-digit code")
    trace.add_argument("--year", required=True, type=int)
    trace.add_argument("--variable", action="append", default=[], help="default: every outcome")
    _city_commands(commands)
    draft = _command(commands, "draft-manifest", _draft, "draft the release.yml of a folder")
    draft.add_argument("folder", type=Path)
    return parser


def _city_commands(commands: argparse._SubParsersAction) -> None:
    about = "put a city into a sample, then bring up to date what that touches"
    add = _command(commands, "add-city", _add_city, about)
    remove = _command(commands, "remove-city", _remove_city, "take a city out of a sample")
    for parser in (add, remove):
        parser.add_argument("code", help="six-digit code of GB/T 2260")
        parser.add_argument("--sample", required=True, help="a sample of samples.csv")
        parser.add_argument("--raw", help="folder of releases (default: OIB_RAW, or data/raw)")
        parser.add_argument(
            "--no-refresh", action="store_true", help="change the registry and stop there"
        )
    new = add.add_argument_group("for a city that cities.csv does not have")
    for name in (*NAMES, *PLACE):
        new.add_argument(f"--{name.replace('_', '-')}", default="")
    add.add_argument("--source", default="", help="where it is known from that the city belongs")
    under = add.add_argument_group("for a city under the policy")
    under.add_argument("--treated", action="store_true")
    under.add_argument("--policy", default="", help="default: that of the sample's studies")
    under.add_argument("--start-year", default="", help="default: that of the policy's cities")
    under.add_argument("--document", default="", help="default: that of the policy's cities")


def _command(
    commands: argparse._SubParsersAction, name: str, command: Command, about: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(command=command)
    return parser


def _refresh(options: argparse.Namespace) -> None:
    from oib_pipeline.client.refresh import refresh
    from oib_pipeline.client.status import headline
    from oib_pipeline.settings import Settings

    settings, say = Settings.from_environment(options.raw), _Voice()
    try:
        done = refresh(settings, options.study, say=say, verbose=options.verbose)
        if options.profiles:
            from oib_pipeline.client.profiles import make_missing_profiles

            make_missing_profiles(settings, done.ready, say=say, verbose=options.verbose)
    except KeyboardInterrupt:
        if say.unheard:
            raise BrokenPipeError from None
        raise
    print(headline(settings, done.ready))


def _status(options: argparse.Namespace) -> None:
    from oib_pipeline.client.status import status
    from oib_pipeline.settings import Settings

    print("\n".join(status(Settings.from_environment(options.raw))))


def _add_city(options: argparse.Namespace) -> None:
    from oib_pipeline.client.removal import policies_of, policy_of
    from oib_pipeline.registry.samples import add_city
    from oib_pipeline.settings import Settings

    settings = Settings.from_environment(options.raw)
    facts = {name: getattr(options, name) for name in (*NAMES, *PLACE, "source")}
    treated = {"start_year": options.start_year, "document": options.document}
    if options.treated:
        treated["policy"] = options.policy or policy_of(settings, options.sample)
    policies = policies_of(settings, options.sample)
    for line in add_city(settings.registry, options.code, options.sample, facts, treated, policies):
        print(line)
    _after_edit(options)


def _remove_city(options: argparse.Namespace) -> None:
    from oib_pipeline.client.removal import policies_of
    from oib_pipeline.registry.samples import remove_city
    from oib_pipeline.settings import Settings

    settings = Settings.from_environment(options.raw)
    policies = policies_of(settings, options.sample)
    for line in remove_city(settings.registry, options.code, options.sample, policies):
        print(line)
    _after_edit(options)


def _after_edit(options: argparse.Namespace) -> None:
    if options.no_refresh:
        print("the next refresh takes it up")
        return
    _refresh(argparse.Namespace(raw=options.raw, study=[], verbose=False, profiles=False))


def _inspect(options: argparse.Namespace) -> int:
    from oib_pipeline.extract.inspect import inspect_path
    from oib_pipeline.registry.registry import load_registry
    from oib_pipeline.settings import Settings

    if not options.path.exists():
        raise OibError(f"{options.path} does not exist")
    settings = Settings.from_environment()
    registry = load_registry(settings.registry)
    found = inspect_path(
        options.path,
        registry,
        settings.manifests,
        options.against,
        options.series,
        options.edition,
    )
    print(found.text())
    return 0 if found.loads else 1


def _trace(options: argparse.Namespace) -> None:
    from oib_pipeline.client.status import trace_text
    from oib_pipeline.settings import Settings

    settings = Settings.from_environment()
    print(trace_text(settings, options.study, options.city, options.year, options.variable))


def _draft(options: argparse.Namespace) -> None:
    from oib_pipeline.extract import draft_manifest

    if not options.folder.is_dir():
        raise OibError(f"{options.folder} is no folder")
    print(draft_manifest(options.folder.resolve()), end="")


class _Voice:
    """Lines of progress; without a reader the run they tell of is interrupted.

    A broken pipe would pass for a fault of the stage that spoke, and be kept as the reason why
    its study was stopped; an interrupted run is nobody's fault, and the next refresh ends it.
    """

    unheard = False

    def __call__(self, line: str) -> None:
        try:
            print(line, flush=True)
        except BrokenPipeError:
            self.unheard = True
            _hush()
            raise KeyboardInterrupt from None


def _hush() -> None:
    """Send what is still to be printed nowhere, or Python complains of the pipe as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
