"""What stops the launcher and can be put right by the person at the keyboard."""


class Trouble(Exception):
    """Its text is printed as it is: it says what happened and what to do, without stack trace."""
