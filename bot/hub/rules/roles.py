"""What a role in a repository allows, as GitHub's table of repository roles has it."""

from enum import IntEnum


class Role(IntEnum):
    """A role; a stronger one compares greater."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5

    @property
    def word(self) -> str:
        """The ``role_name`` that REST prints."""
        return self.name.lower()

    @property
    def legacy_word(self) -> str:
        """REST's older ``permission``: maintain counts as write, triage as read."""
        legacy = {Role.MAINTAIN: Role.WRITE, Role.TRIAGE: Role.READ}
        return legacy.get(self, self).word


_SYNONYMS = {"pull": Role.READ, "push": Role.WRITE}


def role_named(word: str) -> Role | None:
    """Return the role for REST's word (pull and push included), or None."""
    synonym = _SYNONYMS.get(word)
    return synonym or next(
        (role for role in Role if role.word == word and role is not Role.NONE), None
    )


def role_flags(role: Role) -> dict[str, bool]:
    """Return the ``permissions`` object of a repository payload."""
    return {
        "admin": role >= Role.ADMIN,
        "maintain": role >= Role.MAINTAIN,
        "push": role >= Role.WRITE,
        "triage": role >= Role.TRIAGE,
        "pull": role >= Role.READ,
    }
