"""The images of a survey's own: read from beside its file, checked, and made small. Knows no database and no page.

What people get is drawn anew, so that nothing of the file goes out but what can be seen: no place where a photograph
was taken, no name of whoever took it.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from consultation.content import BadFile
from consultation.domain.survey import Survey

LARGEST_SIDE = 480  # pixels: twice what a page shows, for sharp screens
LARGEST = 60_000  # bytes, of each as it is sent: a page with six of them still opens on a slow phone
LARGEST_FILE = 20_000_000  # bytes
MOST_PIXELS = 50_000_000
MEDIA_TYPE = "image/webp"
KINDS = ("PNG", "JPEG", "WEBP")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(?:png|jpe?g|webp)", re.IGNORECASE)


def named_in(survey: Survey) -> Iterator[str]:
    """The files that a survey shows; its other pictures are emoji."""
    for question in survey.questions:
        yield from (each for each in (question.picture, *(one.picture for one in question.options)) if "." in each)


def pictures_of(survey: Survey, file: Path) -> dict[str, bytes]:
    """Name to image (WebP) of all that the survey in `file` shows. Raises `BadFile`."""
    return {name: _made_small(name, file) for name in dict.fromkeys(named_in(survey))}


def _made_small(name: str, survey: Path) -> bytes:
    if not NAME.fullmatch(name):
        raise BadFile(
            survey, None, f"the picture '{name}' can't be used. Name a PNG, JPEG or WebP file that lies beside "
            "the survey, in plain letters, digits and hyphens, such as bus-stop.png."
        )  # fmt: skip
    path = survey.with_name(name)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadFile(survey, None, f"the picture '{name}' is larger than 20 MB. Make it smaller first.")
        with Image.open(path, formats=KINDS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadFile(survey, None, f"the picture '{name}' has too many pixels. Make it smaller first.")
            return _drawn_anew(found)
    except FileNotFoundError:
        raise BadFile(
            survey, None, f"the picture '{name}' isn't beside it. Put the file into the same folder."
        ) from None
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise BadFile(
            survey, None, f"the picture '{name}' can't be read as PNG, JPEG or WebP. Save it anew as one of these."
        ) from None


def _drawn_anew(found: Image.Image) -> bytes:
    """Upright, at most so large in pixels and bytes, and without what else was in the file."""
    image = ImageOps.exif_transpose(found).convert("RGBA")
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    clean = Image.new("RGBA", image.size)
    clean.paste(image)
    for quality in (85, 70, 50, 30, 10):
        written = BytesIO()
        clean.save(written, "WEBP", quality=quality)
        if written.tell() <= LARGEST:
            break
    return written.getvalue()
