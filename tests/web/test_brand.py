"""A practice's colour and line on its pages: by a style sheet of its own, without a style in the page."""

import pytest

from tests.desk import CORA
from tests.web.client_stage import Page
from web.brand import sheet, sheet_name

from .desk_stage import DeskStage
from .test_desk_messages import post, set_to, stage

__all__ = ["post", "stage"]


async def test_colour_and_line_follow_the_setting(stage: DeskStage) -> None:
    browser = await stage.entered()
    plain = await browser.get("messages")
    assert "/static/brand-" not in plain.text and "brand-line" not in plain.text
    await set_to(stage, brand_colour="#7a4f9a", brand_line="12 Pine Street <b>")
    branded = await browser.get("messages")
    assert '<link rel="stylesheet" href="/static/brand-7a4f9a.css">' in branded.text
    assert "12 Pine Street &lt;b&gt;" in branded.text and "style=" not in branded.text
    async with browser.http.get(stage.base.partition("/desk/")[0] + "/static/brand-7a4f9a.css") as answer:
        assert answer.status == 200 and answer.content_type == "text/css"
        assert "immutable" in answer.headers["Cache-Control"] and "--accent: #7a4f9a" in await answer.text()
    assert isinstance(branded, Page) and CORA.coordinator


@pytest.mark.parametrize("name", ["brand-ffff00.css", "brand-7A4F9A.css", "brand-xyz.css", "brand-7a4f9a.css.map", "x"])
def test_only_a_colour_that_can_be_read_by_has_a_sheet(name: str) -> None:
    assert sheet(name) is None


@pytest.mark.parametrize("colour", ["", "#ffff00", "red", "#7a4f9a}"])
def test_anything_else_keeps_the_desks_own(colour: str) -> None:
    assert sheet_name(colour) == ""
