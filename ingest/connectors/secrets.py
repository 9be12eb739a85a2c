"""Where a declaration's secrets are: in the environment or in files of their own, never in itself."""

import os
import stat
from pathlib import Path

import msgspec

from iochub.errors import DeclarationError


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of a secret's place; exactly one of the two. `prefix` is put before it, as `Bearer `."""

    env: str = ""
    file: str = ""
    prefix: str = ""

    def read(self, beside: Path) -> str:
        """The secret as it is now; a relative file lies beside the declaration.

        Raises: DeclarationError; whoever declared it acts.
        """
        if bool(self.env) == bool(self.file):
            raise DeclarationError("A secret is either env = NAME or file = PATH.", setting="secret")
        found = self._of_environment() if self.env else self._of_file(beside / self.file)
        if not found.isascii() or not found.isprintable() or not found:
            raise DeclarationError(
                f"The secret in {self.env or self.file} is empty or no line of printable ASCII.",
                setting="secret",
            )
        return f"{self.prefix}{found}"

    def _of_environment(self) -> str:
        if self.env not in os.environ:
            raise DeclarationError(f"The environment has no {self.env}.", setting="secret")
        return os.environ[self.env].strip()

    def _of_file(self, path: Path) -> str:
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise DeclarationError(
                    f"{path} holds a secret and others may read it: `chmod 600 {path}`.", setting="secret"
                )
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DeclarationError(
                f"The secret in {path} cannot be read ({type(error).__name__}).", setting="secret"
            ) from error
