"""How names are bent."""

import pytest

from starmodel_schemas.naming import (
    constant_case,
    pascal_case,
    sentence_case,
    snake_case,
    title_words,
    upper_case,
)


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Counter", "counter"),
        ("ShopOrder", "shop_order"),
        ("HTTPServer", "http_server"),
        ("MyHTTPServer2", "my_http_server2"),
        ("Item2Go", "item2_go"),
        ("addItem", "add_item"),
        ("add_item", "add_item"),
        ("A", "a"),
        ("ABC", "abc"),
    ],
)
def test_snake_and_constant_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake
    assert constant_case(name) == snake.upper()
    assert snake_case(snake) == snake


def test_other_cases() -> None:
    assert pascal_case("toggle_all") == "ToggleAll"
    assert title_words("updateCount") == title_words("update_count") == "Update count"


def test_letters_keep_their_case_where_not_every_python_knows_another() -> None:
    assert upper_case("straße") == "STRASSE"
    assert upper_case("ɤ-ƛx") == "ɤ-ƛX"
    assert sentence_case("äpfel") == "Äpfel"
    assert sentence_case("ƛ-term") == "ƛ-term"
    assert pascal_case("ɤ_ab") == "ɤAb"
    assert constant_case("ƛTerm") == "ƛTERM"
    assert sentence_case("") == upper_case("") == ""
