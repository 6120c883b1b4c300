"""JSON: the derivations themselves, to go on with in another program, and to be read back without loss."""

from __future__ import annotations

import json

from derive.calculus.data import to_data
from derive.documents.formats.base import Format, Setting
from derive.errors import OptionError
from derive.pages.blocks import Document


def _write(document: Document, _: Setting) -> bytes:
    if not document.about:
        raise OptionError("JSON holds derivations, and this document tells none: choose another format")
    found = [to_data(derivation) for derivation in document.about]
    text = json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


FORMAT = Format("json", "json", _write)
