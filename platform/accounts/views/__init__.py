"""The pages where people come in and look after themselves."""

from accounts.views.sessions import locked_out

__all__ = ["locked_out"]
