"""The auditor: holds the database against its own history, by rules written beside the use cases and not with them."""

from .due import Bounds
from .finding import Audit, Finding, Looked, Rule
from .looking import audit

__all__ = ["Audit", "Bounds", "Finding", "Looked", "Rule", "audit"]
