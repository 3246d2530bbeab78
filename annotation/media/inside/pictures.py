"""A picture made fit to be shown: stripped, upright, in the colors of the web, proven to decode, with a thumbnail."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence, JpegImagePlugin

from .faults import CUT_SHORT, Unusable
from .stills import Still, stripped

MOST_PIXELS = 50_000_000
MOST_FRAMES = 1_000
MOST_PIXELS_OF_ALL_FRAMES = 500_000_000
LONGEST_SIDE = 30_000
THUMBNAIL = (480, 480)
ORIENTATION = 0x0112
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a picture: its bytes, its size in pixels, and a WebP of at most 480 by 480."""

    content: bytes
    width: int
    height: int
    thumbnail: bytes


def cleaned(name: str, content: bytes) -> Picture:
    """A picture of a type of the table, made fit to be shown. Raises `Unusable`."""
    still = stripped(name, content)
    _check_size(still)  # before a single pixel is decoded
    try:
        redrawn = _redrawn(name, content, still)
        if redrawn is not None:
            still = stripped(name, redrawn)
        return Picture(still.content, still.width, still.height, _proven(name, still))
    except (OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError, ImageCms.PyCMSError):
        raise Unusable(CUT_SHORT) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unusable(f"is larger than {MOST_PIXELS // 10**6} million pixels") from None


def _check_size(still: Still) -> None:
    pixels = still.width * still.height
    if pixels > MOST_PIXELS or max(still.width, still.height) > LONGEST_SIDE:
        raise Unusable(f"is {still.width:,} by {still.height:,} pixels; {MOST_PIXELS // 10**6} million are the limit")
    if still.frames > MOST_FRAMES or pixels * still.frames > MOST_PIXELS_OF_ALL_FRAMES:
        raise Unusable(f"has {still.frames:,} frames, which is too many for its size")


def _redrawn(name: str, content: bytes, still: Still) -> bytes | None:
    """The picture drawn anew where its notes say how to look at it: turned, in other colors. None where they do not."""
    if still.frames > 1:
        return None
    with _opened(name, content) as image:
        is_turned = image.getexif().get(ORIENTATION, 1) not in (0, 1)
        profile = image.info.get("icc_profile")
        is_colored = bool(profile) and not _is_srgb(profile)
        is_print = image.mode == "CMYK"
        if not (is_turned or is_colored or is_print):
            return None
        how = _as_before(name, image, still)
        upright = ImageOps.exif_transpose(image)
        drawn = _in_srgb(upright, profile if is_colored else None)
    target = BytesIO()
    drawn.save(target, FORMATS[name], **how)
    return target.getvalue()


def _as_before(name: str, image: Any, still: Still) -> dict[str, Any]:
    """How to write it so that as little as possible is lost."""
    if name == "jpeg" and image.mode != "CMYK":
        return {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
    if name == "jpeg":
        return {"quality": 95, "subsampling": 0}
    if name == "webp":
        return {"lossless": True} if still.is_lossless else {"quality": 95}
    return {}


def _is_srgb(profile: bytes) -> bool:
    opened = ImageCms.getOpenProfile(BytesIO(profile))
    return "srgb" in (ImageCms.getProfileDescription(opened) or "").casefold()


def _in_srgb(image: Any, profile: bytes | None) -> Any:
    if profile is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    plain = (
        image if image.mode in {"RGB", "RGBA", "L", "CMYK"} else image.convert("RGBA" if _has_alpha(image) else "RGB")
    )
    try:
        return ImageCms.profileToProfile(
            plain,
            BytesIO(profile),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if plain.mode == "RGBA" else "RGB",
        )
    except ImageCms.PyCMSError:  # a profile for other colors than the picture has; every viewer passes over it, too
        return image.convert("RGB") if image.mode == "CMYK" else image


def _has_alpha(image: Any) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _proven(name: str, still: Still) -> bytes:
    """The thumbnail, once every frame has been decoded."""
    with _opened(name, still.content) as image:
        small = _small(image)
        if still.frames > 1:
            for frame in ImageSequence.Iterator(image):
                frame.load()
    return small


def _small(image: Any) -> bytes:
    image.load()
    deep = image.mode.startswith("I")  # 16 bits a pixel, which `convert` would cut off instead of scaling down
    shallow = image.convert("I").point(lambda value: value * (1 / 256)).convert("L") if deep else image
    drawn = shallow.convert("RGBA" if _has_alpha(shallow) else "RGB")
    drawn.thumbnail(THUMBNAIL)
    target = BytesIO()
    drawn.save(target, "WEBP", quality=80)
    return target.getvalue()


def _opened(name: str, content: bytes) -> Any:
    return Image.open(BytesIO(content), formats=[FORMATS[name]])
