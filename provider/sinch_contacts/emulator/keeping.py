"""Keeping contacts in another form than they came in."""

from starlette.requests import Request

from sinch_contacts.emulator.validation import Fields


def as_kept(request: Request, contact: Fields) -> Fields:
    """Returns a contact as it is kept: where a fault says so, its e-mail in lower case and without its metadata."""
    if not request.state.keeps_differently:
        return contact
    return {**contact, "email": contact["email"].lower(), "metadata": ""}
