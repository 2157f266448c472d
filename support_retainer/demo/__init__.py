"""`tell()`: three months of five made-up clients, one for each offer, made through the same services as real ones."""

from support_retainer.demo.demo import Demo
from support_retainer.demo.teller import tell

__all__ = ["Demo", "tell"]
