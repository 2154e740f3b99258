"""The drawn photographs: what they are, and that a seed and a colour decide them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageStat

from marketplace.local import photographs

CAMEL = (168, 126, 82)
INK = (38, 44, 62)


def opened(file):
    picture = Image.open(BytesIO(file))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", photographs.KINDS)
def test_each_kind_is_a_portrait_with_a_thing_on_pale_paper(kind):
    file = photographs.draw(kind, INK, 1)

    picture = opened(file)
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (1200, 1600), "RGB")
    assert len(file) < 400_000
    paper = picture.crop((0, 0, 60, 60))
    assert min(ImageStat.Stat(paper).mean) > 195
    assert ImageStat.Stat(picture.convert("L")).stddev[0] > 20
    surface = picture.crop((500, 900, 700, 1000)).convert("L")
    assert ImageStat.Stat(surface).stddev[0] > 2


def test_the_same_seed_draws_the_same_picture():
    assert photographs.draw("vase", CAMEL, 5) == photographs.draw("vase", CAMEL, 5)


def test_another_seed_draws_another_picture():
    assert photographs.draw("scarf", CAMEL, 5) != photographs.draw("scarf", CAMEL, 6)


def test_the_colour_asked_for_is_the_colour_seen():
    seen = {
        colour: ImageStat.Stat(
            opened(photographs.draw("trousers", colour, 2)).crop((420, 700, 540, 1100))
        ).mean
        for colour in (CAMEL, INK)
    }

    for colour, means in seen.items():
        assert all(abs(mean - channel) < 45 for mean, channel in zip(means, colour, strict=True))
    assert sum(seen[CAMEL]) > sum(seen[INK]) + 150


def test_a_header_is_a_landscape_of_the_kinds_asked_for():
    picture = opened(photographs.hero(3, ["candle", "belt"]))

    assert picture.size == (2000, 1125)
    assert picture.tobytes() != opened(photographs.hero(3)).tobytes()


def test_an_unknown_kind_is_a_bug():
    with pytest.raises(KeyError):
        photographs.draw("grey box", CAMEL, 1)
