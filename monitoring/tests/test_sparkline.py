from monitoring.sparkline import HEIGHT, PAD, POINTS, WIDTH, area_path, line_path, runs_of


def test_the_newest_value_stands_at_the_right_and_a_gap_is_a_gap():
    first, second = runs_of([10, 20, None, 40])

    assert len(first) == 2
    assert second[-1][0] == WIDTH


def test_zero_is_at_the_bottom_and_a_low_machine_stays_low():
    ((_x, bottom), (_x2, low)) = runs_of([0, 2])[0]

    assert bottom == HEIGHT - PAD
    assert low > HEIGHT / 2


def test_only_the_last_points_are_drawn():
    assert len(runs_of(range(3 * POINTS))[0]) == POINTS


def test_a_machine_without_data_draws_nothing():
    assert line_path([]) == line_path([None, None]) == area_path([None]) == ""


def test_a_single_answer_between_two_gaps_is_visible():
    assert line_path([None, 50, None]).endswith("h.1")
