"""How names are bent."""

import pytest

from starmodel_schemas.naming import (
    constant_case,
    entity_words,
    list_constant,
    pascal_case,
    plural,
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


@pytest.mark.parametrize(
    ("name", "one", "several"),
    [
        ("OrderLine", "order line", "order lines"),
        ("APIKey", "API key", "API keys"),
        ("SKU", "SKU", "SKUs"),
        ("OrderID", "order ID", "order IDs"),
        ("Category", "category", "categories"),
        ("Day", "day", "days"),
        ("Person", "person", "people"),
        ("SalesPerson", "sales person", "sales people"),
        ("Chairman", "chairman", "chairmen"),
        ("Human", "human", "humans"),
        ("Child", "child", "children"),
        ("OrderStatus", "order status", "order statuses"),
        ("Address", "address", "addresses"),
        ("TaxBox", "tax box", "tax boxes"),
        ("Analysis", "analysis", "analyses"),
        ("Shelf", "shelf", "shelves"),
        ("Quiz", "quiz", "quizzes"),
        ("Photo", "photo", "photos"),
        ("Roof", "roof", "roofs"),
        ("NewsSeries", "news series", "news series"),
        ("UserSettings", "user settings", "user settings"),
        ("Software", "software", "software"),
        ("Matinée", "matinée", "matinées"),
        ("OrderLines", "order lines", "order lines"),
        ("SiteEvents", "site events", "site events"),
        ("Process", "process", "processes"),
    ],
)
def test_what_one_and_several_are_called(name: str, one: str, several: str) -> None:
    assert entity_words(name) == one
    assert plural(entity_words(name)) == several


def test_the_constant_of_a_list_is_never_that_of_one() -> None:
    assert list_constant("OrderLine") == "ORDER_LINES"
    assert list_constant("APIKey") == "API_KEYS"
    assert list_constant("SKU") == "SKUS"
    assert list_constant("Series") == "SERIES_LIST" != constant_case("Series")


def test_letters_keep_their_case_where_not_every_python_knows_another() -> None:
    assert upper_case("straße") == "STRASSE"
    assert upper_case("ɤ-ƛx") == "ɤ-ƛX"
    assert sentence_case("äpfel") == "Äpfel"
    assert sentence_case("ƛ-term") == "ƛ-term"
    assert pascal_case("ɤ_ab") == "ɤAb"
    assert constant_case("ƛTerm") == "ƛTERM"
    assert sentence_case("") == upper_case("") == ""
