# SPDX-License-Identifier: EUPL-1.2
"""The picture of the chain shows what is in the tables: every stage, every way, in the colour of the partner."""

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
import vl_convert
from chains import chain_of

from keten.parameters.chain import Outcome
from keten.parameters.load import load_chain
from keten.report.chain_picture import INK, PANEL, TOP, WHITE, chain_picture, place
from keten.report.chain_reference import chain_reference, quantities_of
from keten.report.routing import Box, Wish, draw_lines

DOCS = Path(__file__).resolve().parents[2] / "docs"
CHAIN = load_chain()
SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: str) -> str:
    """Read all words of a picture, in order."""
    return " ".join(element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize(("file", "language"), [("chain.svg", "en"), ("chain.nl.svg", "nl")])
def test_the_picture_in_the_documentation_is_fresh(file, language):
    assert (DOCS / file).read_text(encoding="utf-8") == chain_picture(CHAIN, language), (
        f"Run: keten chain picture --language {language} --out docs/{file}"
    )


def test_the_page_in_the_documentation_is_fresh():
    page = (DOCS / "chain.md").read_text(encoding="utf-8")
    assert page == chain_reference(CHAIN), "Run: keten chain reference > docs/chain.md"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_stage_is_named_in_the_picture(language):
    words = words_of(chain_picture(CHAIN, language))
    for stage in CHAIN.stages:
        assert getattr(stage, language) in words


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_partner_with_a_stage_is_in_the_legend(language):
    words = words_of(chain_picture(CHAIN, language))
    for name in {stage.partner for stage in CHAIN.stages}:
        assert getattr(CHAIN.partner(name), language).split(",")[0].split(" (")[0] in words


def test_every_way_that_is_not_a_withdrawal_has_a_line():
    layout = place(CHAIN)
    block_of = {stage.id: block.name for block in layout.blocks for stage in block.stages}
    wanted = {
        (block_of[route.stage], block_of[route.to]) for route in CHAIN.routes if route.outcome is not Outcome.WITHDRAWAL
    }
    svg = ElementTree.fromstring(chain_picture(CHAIN, "en"))
    drawn = [path for path in svg.iter(f"{SVG}path") if path.get("stroke-width") == "4"]
    assert sum(path.get("d").count("M") for path in drawn) >= len(wanted)


def test_boxes_do_not_overlap():
    layout = place(CHAIN)
    for one, other in combinations(layout.blocks, 2):
        assert not one.box.overlaps(other.box), (one.name, other.name)


def test_every_box_stands_in_the_panel_of_its_core_process():
    layout = place(CHAIN)
    assert layout.unplaced is None
    for block in layout.blocks:
        panel = layout.panels[block.stages[0].core_process]
        assert panel.x <= block.box.x and block.box.right <= panel.right, block.name
        assert panel.y <= block.box.y and block.box.bottom <= panel.bottom, block.name


def test_stages_in_one_box_go_the_same_ways():
    for block in place(CHAIN).blocks:
        ways = [{route.to for route in CHAIN.routes if route.stage == stage.id} for stage in block.stages]
        assert all(way == ways[0] for way in ways), block.name


def test_a_stage_without_a_fixed_place_is_drawn_at_the_bottom():
    small = chain_of()
    layout = place(small)
    assert layout.unplaced is not None
    assert {block.name for block in layout.blocks if block.box.y > layout.unplaced.y} == {
        "interview",
        "appeal_term",
        "departed",
    }
    words = words_of(chain_picture(small, "nl"))
    assert "Nog zonder vaste plaats" in words and "Beroepstermijn" in words


def test_the_same_tables_give_the_same_picture():
    assert chain_picture(CHAIN, "nl") == chain_picture(CHAIN, "nl")


def test_the_picture_can_be_turned_into_pixels():
    assert vl_convert.svg_to_png(chain_picture(CHAIN, "nl"), scale=0.2).startswith(b"\x89PNG")


def test_colours_of_partners_can_be_told_from_the_background():
    layout = place(CHAIN)
    assert {partner.id for partner in CHAIN.partners} <= set(layout.colours)
    for name, colour in layout.colours.items():
        assert contrast(colour, WHITE) >= 3, name
    assert contrast(INK, PANEL) >= 7


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# Lines on squared paper ----------------------------------------------------------------------------------------------

AREA = Box(0, 0, 40, 20)


def test_a_line_between_two_boxes_in_a_row_is_straight():
    boxes = {"a": Box(2, 5, 6, 4), "b": Box(20, 5, 6, 4)}
    path = draw_lines([Wish("a", "b", "b")], boxes, area=AREA)[Wish("a", "b", "b")]
    assert {point.y for point in path} == {7}
    assert (path[0].x, path[-1].x) == (8, 20)


def test_a_line_goes_around_a_box_in_between():
    boxes = {"a": Box(2, 5, 6, 4), "between": Box(12, 2, 4, 10), "b": Box(20, 5, 6, 4)}
    path = draw_lines([Wish("a", "b", "b")], boxes, area=AREA)[Wish("a", "b", "b")]
    assert not set(boxes["between"].corners()) & set(path)


def test_lines_to_one_goal_run_together_and_share_an_arrow():
    boxes = {"a": Box(2, 2, 6, 4), "b": Box(2, 12, 6, 4), "goal": Box(25, 2, 6, 4)}
    wishes = [Wish("a", "goal", "goal"), Wish("b", "goal", "goal")]
    first, second = draw_lines(wishes, boxes, area=AREA).values()
    assert first[-1] == second[-1]


def test_lines_to_different_goals_share_no_stretch():
    boxes = {"a": Box(2, 8, 6, 4), "b": Box(25, 2, 6, 4), "c": Box(25, 12, 6, 4)}
    paths = draw_lines([Wish("a", "b", "b"), Wish("a", "c", "c")], boxes, area=AREA).values()
    stretches = [set(zip(path, path[1:], strict=False)) for path in paths]
    assert not stretches[0] & stretches[1]


def test_a_line_that_cannot_be_drawn_is_left_out():
    walled_in = {"a": Box(10, 8, 4, 4), "wall": Box(8, 4, 2, 12), "b": Box(30, 8, 4, 4)}
    around = {**walled_in, "top": Box(8, 4, 10, 2), "bottom": Box(8, 14, 10, 2), "right": Box(16, 4, 2, 12)}
    assert draw_lines([Wish("a", "b", "b")], around, area=AREA) == {}


def test_lines_of_the_chain_stay_below_the_title_and_off_the_boxes():
    layout = place(CHAIN)
    boxes = {block.name: block.box for block in layout.blocks}
    pairs = {(route.stage, route.to) for route in CHAIN.routes if {route.stage, route.to} <= set(boxes)}
    area = Box(0, TOP, layout.width, layout.height - TOP)
    for wish, path in draw_lines([Wish(*pair, pair[1]) for pair in sorted(pairs)], boxes, area=area).items():
        inside = {point for box in boxes.values() for point in box.corners()}
        assert not inside & set(path[1:-1]), wish
        assert all(point.y > TOP for point in path)


# The page ------------------------------------------------------------------------------------------------------------


def test_every_number_on_the_page_comes_with_its_source_or_reason():
    page = chain_reference(CHAIN).replace("\\|", "|")
    for quantity in quantities_of(CHAIN):
        assert (quantity.source or quantity.assumption) in page
