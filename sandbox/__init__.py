"""A local stand-in for Slack, a mail server and an SMS service, for trying the app out and for its tests.

Imports nothing of the app: it speaks only the protocols that the app speaks to the outside.
"""

from sandbox.answer import Answer
from sandbox.changes import NotReached
from sandbox.config import Manifest, SandboxConfig
from sandbox.limits import RateLimits
from sandbox.people import Person
from sandbox.server import Sandbox

__all__ = ["Answer", "Manifest", "NotReached", "Person", "RateLimits", "Sandbox", "SandboxConfig"]
