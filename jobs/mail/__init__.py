"""Email: what a letter says (rendering), how it is wrapped (message) and how it leaves (smtp).

Each email is a folder in ``templates`` with ``subject.txt``, ``body.txt`` and ``body.html``.
"""

from .message import build_message
from .rendering import Rendered, render
from .smtp import Mailer

__all__ = ["Mailer", "Rendered", "build_message", "render"]
