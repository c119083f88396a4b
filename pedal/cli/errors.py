"""Bad input: one line on standard error, exit status 2, nothing changed."""


class UsageError(Exception):
    """What the user gave cannot be used; the text is one line that says what to do."""


class Failed(Exception):
    """The work could not be done; the text is one line. Exit status 1."""
