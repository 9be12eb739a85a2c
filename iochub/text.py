"""A sentence in the two languages of the hub."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words for people in Vietnamese and in English."""

    vi: str
    en: str

    def to(self, language: Language) -> str:
        """The words in the asked language."""
        return self.vi if language == "vi" else self.en
