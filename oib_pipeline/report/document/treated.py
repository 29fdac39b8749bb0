"""What cities under the policy are called: by the study's own noun, or treated cities."""

from __future__ import annotations

from dataclasses import dataclass

from oib_pipeline.contract.counting import plural


@dataclass(frozen=True)
class Called:
    """Forms of one noun, ``pilot`` say; without one, of "treated city".

    Parameters
    ----------
    noun
        The study's ``words.treated``.
    count
        How many there are.
    """

    noun: str = ""
    count: int = 2

    @property
    def one(self) -> str:
        """A pilot, a treated city: the noun alone."""
        return self.noun or "treated city"

    @property
    def many(self) -> str:
        """Pilots; treated cities."""
        return f"{self.noun}s" if self.noun else "treated cities"

    @property
    def kind(self) -> str:
        """What stands before "city": pilot; treated."""
        return self.noun or "treated"

    @property
    def cities(self) -> str:
        """Pilot cities; treated cities."""
        return f"{self.kind} cities"

    @property
    def city(self) -> str:
        """Pilot city; treated city."""
        return f"{self.kind} city"

    @property
    def own(self) -> str:
        """All of them in a sentence: the pilot cities, or the one there is."""
        return f"the {self.city if self.count == 1 else self.cities}"

    @property
    def they(self) -> str:
        """The pronoun of ``own``."""
        return "it" if self.count == 1 else "they"

    @property
    def them(self) -> str:
        """The pronoun of ``own`` as an object."""
        return "it" if self.count == 1 else "them"

    @property
    def are(self) -> str:
        """The verb of ``own``."""
        return "is" if self.count == 1 else "are"

    @property
    def being_one(self) -> str:
        """After "being", "not": a pilot; treated."""
        article = "an" if self.noun[:1] in "aeiou" else "a"
        return f"{article} {self.noun}" if self.noun else "treated"

    @property
    def being(self) -> str:
        """After "are", "were": pilots; treated."""
        return self.many if self.noun else "treated"

    @property
    def not_one(self) -> str:
        """Of one city: no pilot; not treated."""
        return f"no {self.noun}" if self.noun else "not treated"

    @property
    def never(self) -> str:
        """Of cities: were no pilots; were not treated."""
        return f"were no {self.many}" if self.noun else "were not treated"

    @property
    def under(self) -> str:
        """After the count: were pilots of; were under. The policy follows."""
        was = "was" if self.count == 1 else "were"
        if not self.noun:
            return f"{was} under"
        return f"{was} {self.being_one if self.count == 1 else self.many} of"

    def since(self, year: int) -> str:
        """Pilot since 2014; treated since 2014."""
        return f"{self.kind} since {year}"

    def counted(self, number: int) -> str:
        """1 pilot, 21 pilots; 1 treated city."""
        return plural(number, self.one, self.many)
