"""The version of this package, importable by every room without importing the whole house."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
