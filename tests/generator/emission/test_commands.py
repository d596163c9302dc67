"""What commands do, beyond the counter's: who may, what is loaded, what is saved."""

from corpus import sample_settings
from sample_shop import SCHEMA

from starmodel_generator.emission import render

FILES = {file.path: file.text for file in render(SCHEMA, sample_settings())}


def function(entity: str, name: str, file: str = "commands") -> str:
    """The text of one function of a generated module."""
    text = FILES[f"lampshop/generated/{entity}/{file}.py"]
    start = text.index(f"async def {name}(")
    end = text.find("\n\n\n", start)
    return text[start:end]


def body(entity: str, name: str, file: str = "commands") -> str:
    """The statements of a function, without their indentation."""
    text = function(entity, name, file)
    lines = text[text.rindex('"""') + 3 :].splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def test_another_entity_is_loaded_by_its_id_if_its_rule_allows_it() -> None:
    assert "    product_id: str,\n    quantity: int = 1,\n" in function("cart", "add")
    assert body("cart", "add").startswith(
        "async with services.unit_of_work(actor) as work:\n"
        "for _ in work.attempts():\n"
        "cart = await work.load(CART, session)\n"
        "product = await work.load(PRODUCT, product_id)\n"
        "work.authorize(product, may_see)\n"
        "result = cart.add(product=product, quantity=quantity)\n"
    )
    assert '{"product": product_id, "quantity": quantity},' in body("cart", "add")


def test_an_async_event_is_awaited() -> None:
    assert "result = await cart.wish(note=note, urgent=urgent)" in body("cart", "wish")


def test_private_parameters_and_supplied_ones_are_in_no_record() -> None:
    assert "result = cart.pay(password=password, mailer=make_mailer())" in body("cart", "pay")
    assert 'outcome = await work.commit(cart, "pay", {}, result)' in body("cart", "pay")
    assert "actor=actor, request=request, work=work" in body("board", "sign")
    assert 'work.commit(board, "sign", {}, result)' in body("board", "sign")


def test_a_generator_saves_each_step_and_what_comes_after_the_last() -> None:
    assert ") -> AsyncIterator[sm.CommandResult[int | None]]:" in function("cart", "count_up")
    assert body("cart", "count_up") == (
        "async with services.unit_of_work(actor) as work:\n"
        "cart = await work.load(CART, session)\n"
        "for step in cart.count_up(to=to):\n"
        'yield await work.checkpoint(cart, "count_up", {"to": to}, step)\n'
        "if work.is_changed():\n"
        'yield await work.checkpoint(cart, "count_up", {"to": to})'
    )


def test_a_creation_is_checked_before_it_is_added() -> None:
    assert body("product", "open") == (
        "async with services.unit_of_work(actor) as work:\n"
        "for _ in work.attempts():\n"
        "product = Product.open(name=name, price=price, status=status)\n"
        "sm.authorize(actor, may_edit(actor, product))\n"
        "work.add(PRODUCT, product)\n"
        "outcome = await work.commit(\n"
        'product, "open", {"name": name, "price": price, "status": status}\n'
        ")\n"
        "if outcome is not None:\n"
        "return outcome\n"
        "raise work.last_conflict"
    )


def test_a_rule_is_asked_right_after_the_load() -> None:
    assert (
        "product = await work.load(PRODUCT, id)\n"
        "work.authorize(product, may_edit)\n"
        "result = product.set_price("
    ) in body("product", "set_price")
    assert "authorize" not in body("product", "label_as")


def test_an_acknowledged_fragment_goes_to_everybody() -> None:
    assert ") -> sm.CommandResult[None]:" in function("board", "say")
    assert "fragment = sm.render_fragment(" in body("board", "say")
    assert "broadcast=fragment\n" in body("board", "say")
    assert 'respond="ack"' in FILES["lampshop/generated/board/routes.py"]


def test_the_name_outside_is_the_wire_s_and_the_name_inside_the_author_s() -> None:
    assert '"re_price",' in body("product", "set_price")
    routes = FILES["lampshop/generated/product/routes.py"]
    assert (
        '"/product/{id}/re_price",\n            set_price,\n            event="re_price",' in routes
    )


def test_results_are_picked_field_by_field() -> None:
    assert "result=note_state(outcome.result)" in body("cart", "wish", "routes")
    assert "result=str(outcome.result)" in body("cart", "add", "routes")
    assert "result=outcome.state" in body("product", "set_price", "routes")
    assert "result=lambda result: result" in body("cart", "count_up", "routes")
    assert "result=" not in body("board", "say", "routes")


def test_a_page_of_the_host_leaves_the_route_to_programs() -> None:
    assert "        web.state_route(BOARD),\n" in FILES["lampshop/generated/board/routes.py"]
    assert "lampshop/generated/board/page.py" not in FILES


def test_private_fields_are_nowhere_outside() -> None:
    for path, text in FILES.items():
        if not path.endswith("schema.json"):
            assert "card_number" not in text, path
            assert '"secret"' not in text, path
