"""What somebody begins with who puts a mail into words of their own. What follows those in any case: ``always``."""

from ..notices import Template

_HELLO = "Hello{% if greeting %} {{ greeting }}{% endif %},\n\n"
_REQUEST = "Your request to {{ practice }}"

STARTS: dict[Template, tuple[str, str]] = {
    Template.CLIENT_CONFIRMATION: (
        _REQUEST,
        "# We have received your request\n\n" + _HELLO + "Thank you for reaching out.\n",
    ),
    Template.CLIENT_REMINDER: (_REQUEST, _HELLO + "We have not forgotten you.\n"),
    Template.CLIENT_DECLINED: (_REQUEST, _HELLO + "There is news about your request to {{ practice }}.\n"),
    Template.CLIENT_RELEASED: (_REQUEST, _HELLO + "There is news about your request to {{ practice }}.\n"),
    Template.CLIENT_FINAL: (
        _REQUEST,
        "# No one is available yet\n\n" + _HELLO + "We are sorry that you have to wait longer than we had hoped.\n",
    ),
    Template.CLIENT_CLOSING: (_REQUEST, _HELLO + "This is about your request to {{ practice }}.\n"),
    Template.SOURCE_ACKNOWLEDGEMENT: (
        "Thank you for your referral to {{ practice }}",
        "Hello,\n\nThank you for referring someone to {{ practice }}.\n",
    ),
    Template.SOURCE_THANKS: (
        "With thanks from {{ practice }}",
        "Hello,\n\nThank you for thinking of {{ practice }} when people you know look for care. Your trust means a"
        " great deal to us.\n\nTo protect everyone's privacy, this note is about no one in particular, and there is"
        " nothing you need to do.\n",
    ),
}
