"""The results a study had each time they changed, and what changed between two of them."""

from oib_pipeline.vintages.snapshot import State
from oib_pipeline.vintages.vintage import Kept, Vintage, next_vintage

__all__ = ["Kept", "State", "Vintage", "next_vintage"]
