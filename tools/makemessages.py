"""Django's makemessages without guesses, and with our own word for gettext: a new string is empty until somebody translates it.

gettext otherwise fills it with the translation of something that looks alike, marked as doubtful. Run by
`tools.translations` in a folder of its own, without the portal's settings.
"""

import sys

from django.core.management import call_command
from django.core.management.commands.makemessages import Command


class Extract(Command):
    # `_now` is gettext beside a lazy `_`, in modules that need both.
    xgettext_options = [*Command.xgettext_options, "--keyword=_now"]
    msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]


if __name__ == "__main__":
    call_command(Extract(), *sys.argv[1:])
