"""Text as runs of Word: references as links inside the document, Chinese in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from oib_pipeline.report.fonts import FAMILY
from oib_pipeline.report.text import CHINESE, REFERENCE, visible

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CHINESE_RUN = f'<w:rFonts w:eastAsia="{FAMILY}" w:hint="eastAsia"/>{{}}<w:lang w:eastAsia="zh-CN"/>'
LINK = '<w:color w:val="0B4F82"/>'
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Runs:
    """Writes text; ``words`` are what references stand for, ``targets`` what can be linked to."""

    def __init__(self, words: dict[str, str], targets: set[str]) -> None:
        self.words, self.targets = words, targets
        self._marks = 0

    def xml(self, text: str, *, look: str = "") -> str:
        """The text as runs; ``look`` is what their properties hold besides."""
        pieces, position = [], 0
        for found in REFERENCE.finditer(text):
            pieces.append(self._runs(text[position : found.start()], look))
            name = found[1]
            word = self.words.get(name, found[0])
            pieces.append(self.link(name, self._runs(word, LINK + look)))
            position = found.end()
        return "".join([*pieces, self._runs(text[position:], look)])

    def link(self, name: str, runs: str) -> str:
        """Runs that lead to a place in the document; as they are where there is no such place."""
        if name not in self.targets:
            return runs
        return f'<w:hyperlink w:anchor="{bookmark(name)}" w:history="1">{runs}</w:hyperlink>'

    def mark_xml(self, name: str) -> tuple[str, str]:
        """Beginning and end of a place that links can lead to."""
        self._marks += 1
        return (
            f'<w:bookmarkStart w:id="{self._marks}" w:name="{bookmark(name)}"/>',
            f'<w:bookmarkEnd w:id="{self._marks}"/>',
        )

    def safe(self, text: str) -> str:
        """Outside text without what XML or a reader would stumble over."""
        return NOT_XML.sub("\ufffd", visible(text))

    def _runs(self, text: str, look: str) -> str:
        return "".join(_run(part, look, chinese) for part, chinese in _parts(self.safe(text)))


def bookmark(name: str) -> str:
    """A name as Word allows it: letters, digits, underscores, at most 40 of them."""
    return "_" + re.sub(r"[^A-Za-z0-9_]", "_", name)[-39:]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    position = 0
    for found in CHINESE.finditer(text):
        if found.start() > position:
            yield text[position : found.start()], False
        yield found[0], True
        position = found.end()
    if position < len(text):
        yield text[position:], False


def _run(text: str, look: str, chinese: bool) -> str:
    properties = CHINESE_RUN.format(look) if chinese else look
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(escape, text.split("\n")))
    shape = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shape}<w:t xml:space="preserve">{lines}</w:t></w:r>'
