# SPDX-License-Identifier: EUPL-1.2
from keten_web.record.kinds import Kind, by_slug


class KindConverter:
    """Lets an address name a kind; any other word is another address."""

    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value: str) -> Kind:
        kind = by_slug(value)
        if kind is None:
            raise ValueError(value)
        return kind

    def to_url(self, value: Kind | str) -> str:
        return value if isinstance(value, str) else value.slug
