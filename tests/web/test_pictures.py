"""Pictures: drawings of emoji that a package ships, and a survey's own images, checked and stripped of all else."""

from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bot.web.app import create_app
from bot.web.pictures import picture
from consultation.content import BadFile
from consultation.operations.open_wave import open_wave
from consultation.surveys import load_survey, template
from consultation.surveys.pictures import LARGEST, LARGEST_SIDE, pictures_of
from tests.builders import Opened, commission, survey

PLACE = "Fenland, 14 May, taken by somebody"


def own_survey(folder: Path, name: str) -> Path:
    """A survey file that shows the image `name`."""
    path = folder / "own.yaml"
    path.write_text(template("every-kind").replace("picture: 🎱", f"picture: {name}", 1), encoding="utf-8")
    return path


def photograph(path: Path, size: tuple[int, int] = (1600, 1200)) -> None:
    """Large, on its side, and with things written in it that nobody is to see."""
    image = Image.effect_noise(size, 90).convert("RGB")
    about = Image.Exif()
    about[0x010E], about[0x0112] = PLACE, 6  # description; turned by a quarter
    image.save(path, exif=about)


def client_of(opened: Opened) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(opened.sayso)), base_url="http://sayso.test")


async def test_an_image_beside_the_survey_is_served_small_and_says_nothing_else(opened: Opened, tmp_path: Path) -> None:
    photograph(tmp_path / "club.jpg")
    file = own_survey(tmp_path, "club.jpg")
    images = pictures_of(load_survey(file), file)
    sayso = opened.sayso
    open_wave(sayso.desk, sayso.keys, commission("places", simulated=True), file.read_text(), images)
    async with client_of(opened) as client:
        served = await client.get("/c/places/picture/club.jpg")
        assert served.status_code == 200
        assert served.headers["content-type"] == "image/webp"
        assert "immutable" in served.headers["cache-control"]
        assert (await client.get("/c/have-your-say/picture/club.jpg")).status_code == 404
        assert (await client.get("/c/places/picture/other.jpg")).status_code == 404
    assert len(served.content) <= LARGEST
    with Image.open(BytesIO(served.content)) as image:
        assert image.size == (LARGEST_SIDE * 3 // 4, LARGEST_SIDE)  # upright
        assert not image.getexif()
    assert PLACE.encode() not in served.content


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("gone.png", None, "isn't beside it. Put the file"),
        ("page.png", b"<svg onload='alert(1)'>", "can't be read as PNG, JPEG or WebP"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00", "can't be read as PNG, JPEG or WebP"),
        ("../other.png", None, "in plain letters, digits and hyphens"),
        ("drawing.svg", b"<svg/>", "Name a PNG, JPEG or WebP file"),
    ],
)
def test_what_is_no_image_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    file = own_survey(tmp_path, name)
    with pytest.raises(BadFile, match=told):
        pictures_of(load_survey(file), file)


def test_every_emoji_of_the_shipped_surveys_has_a_drawing(opened: Opened) -> None:
    shown = {
        each
        for name in ("what-we-want", "every-kind")
        for question in survey(name).questions
        for each in (question.picture, *(option.picture for option in question.options))
        if each
    }
    assert len(shown) > 20
    assert [each for each in shown if picture(each, opened.wave) is None] == []


@pytest.mark.parametrize("name", ["1F68C.svg.gz", "..%2F..%2FLICENSE", "1f68c.svg", "0.svg"])
async def test_nothing_but_a_drawing_is_read(opened: Opened, name: str) -> None:
    async with client_of(opened) as client:
        assert (await client.get("/pictures/1F68C.svg")).headers["content-type"] == "image/svg+xml"
        assert (await client.get(f"/pictures/{name}")).status_code == 404
