"""The owner sets Helpr up in the browser."""

from __future__ import annotations

from helpr_core import container


def tell_address() -> None:
    """Log the address, so that it shows on the terminal, while there is something to set up."""
    container.current().installation.tell_set_up_address()
