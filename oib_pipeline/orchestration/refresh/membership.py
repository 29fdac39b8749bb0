"""Which policy a sample is evaluated for, by the studies that use it."""

from __future__ import annotations

from oib_pipeline.contract.errors import OibError
from oib_pipeline.settings import Settings
from oib_pipeline.study import read_studies


def policy_of(settings: Settings, sample: str) -> str:
    """The one policy that the studies of a sample evaluate.

    Raises
    ------
    OibError
        Where no study has the sample, or its studies evaluate several policies.
    """
    policies = policies_of(settings, sample)
    if len(policies) != 1:
        told = ", ".join(policies) or "no policy, for no study has it"
        raise OibError(f"the sample {sample} is evaluated for {told}: give --policy")
    return policies[0]


def policies_of(settings: Settings, sample: str) -> list[str]:
    """The policies that the studies of a sample evaluate, sorted."""
    studies = read_studies(settings.studies).values()
    return sorted({study.policy for study in studies if study.sample == sample})
