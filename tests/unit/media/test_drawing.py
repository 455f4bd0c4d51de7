import numpy as np

from edge_agent.media.drawing import Box, annotated, contact_sheet

GREY = np.full((120, 160, 3), 128, np.uint8)


def test_boxes_are_drawn_on_a_copy_and_one_number_has_one_colour() -> None:
    where = np.array([20, 30, 60, 100], np.float32)
    drawn = annotated(GREY, [Box(where, "", 3), Box(where + 70, "", 3)], "")
    assert (GREY == 128).all()
    assert drawn[60, 20].tolist() == drawn[115, 90].tolist() != [128, 128, 128]
    other = annotated(GREY, [Box(where, "", 4)], "")
    assert other[60, 20].tolist() != drawn[60, 20].tolist()


def test_a_box_past_the_edges_and_its_name_stay_inside() -> None:
    drawn = annotated(GREY, [Box(np.array([-40, -50, 500, 400], np.float32), "12", 1)], "0.00 s")
    assert drawn.shape == GREY.shape
    assert (drawn[:20, :40] != 128).any()


def test_a_sheet_has_rows_of_pictures() -> None:
    sheet = contact_sheet([GREY] * 4, columns=3, width=80)
    assert sheet.shape == (2 * 60, 3 * 80, 3)
    assert sheet[70, 40].tolist() == [128, 128, 128]
    assert sheet[70, 200].tolist() == [0, 0, 0]
