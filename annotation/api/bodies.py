"""Large bodies, read as a stream and never held in memory."""

from typing import Any, BinaryIO, cast

from django.conf import settings
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from annotation.imports.uploads import UploadTooLarge
from ui.problems import Refusal

FORM_AROUND_IT = 2**20  # what multipart puts around a file


class LengthRequired(Refusal):
    """A body without a stated length cannot be told from one that was cut short."""

    status = 411
    title = "The body has no stated length"

    def __init__(self) -> None:
        super().__init__("Send a Content-Length. A chunked upload that breaks off would look complete.")


class CutShort(Refusal):
    """The connection ended before the body did."""

    status = 400
    title = "The body was cut short"

    def __init__(self) -> None:
        super().__init__("Fewer bytes arrived than Content-Length says. Nothing was imported.")


class Body:
    """The raw body of a request as a file that fails when it ends too early."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        piece = self._take(size)
        self._left -= len(piece)
        if not piece and self._left > 0:
            raise CutShort
        return piece

    def _take(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except OSError as error:  # Django's UnreadablePostError, which would read as a full disk further down
            raise CutShort from error


def file_of(request: Request, most: int | None = None) -> tuple[BinaryIO, str]:
    """The uploaded file and what its sender calls it. Raises a Refusal before anything is read that is too long.

    `most` bytes are taken, `settings.MAX_IMPORT_BYTES` where it is not given.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in request.META or not length.isdecimal():
        raise LengthRequired
    most = settings.MAX_IMPORT_BYTES if most is None else most
    if int(length) > most + FORM_AROUND_IT:
        raise UploadTooLarge(most)
    if not (request.content_type or "").startswith("multipart/"):
        return cast("BinaryIO", Body(cast("BinaryIO", request._request), int(length))), ""
    files: Any = request.FILES
    if list(files) != ["file"] or request.POST:
        raise ValidationError({"file": ["A form holds one file, in the field `file`; options go into the address."]})
    return files["file"], files["file"].name
