"""Texts that mean something to HTML, JavaScript, Datastar or an event stream stay texts."""

import random

from playwright.sync_api import expect

from .visitor import Arrive, shown

TEXTS = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    '"><svg onload="window.hacked = 1">',
    "</dd></dl></main>",
    "' + (window.hacked = 1) + '",
    "'}; window.hacked = 1; ({a: '",
    "${window.hacked = 1}",
    "`${window.hacked = 1}`",
    "@get('/x')",
    "bob@home(1)",
    "$order.title",
    "$count - 1",
    "a;b;c",
    "\\",
    "\\' \\\" \\n \\u0041",
    "&lt;b&gt; &amp; &#39; &nbsp;",
    "{{ 7 * 7 }} {% raw %} {0} {x!r}",
    "\u2028line\u2029separators",
    "\N{REVERSED HAND WITH MIDDLE FINGER EXTENDED}JS_DS\N{ROCKET}",
    'data: signals {"order": {}}\n\nevent: datastar-patch-elements\ndata: elements <p>x</p>',
    "__proto__ constructor prototype",
    "null",
    "-->",
    "*/ // <!--",
    "  spaces   inside  ",
    "日本語 עברית 👩‍👩‍👧 \u202e abc",
    "x" * 2000,
]
KEYS = ["<b>", "__proto__", "'@x("]


def test_a_text_arrives_as_it_was_typed(visitor: Arrive) -> None:
    page = visitor().open("/order")
    note = shown(page, "Note")
    for text in TEXTS:
        page.locator("#order-describe-note").fill(text)
        page.get_by_role("button", name="Describe").click()
        # From the answer, by a signal.
        page.wait_for_function(
            "([element, text]) => element.textContent === text", arg=[note.element_handle(), text]
        )
        # From the server, in the HTML, and from there into the signals.
        page.reload()
        page.wait_for_function(
            "([element, text]) => element.textContent === text", arg=[note.element_handle(), text]
        )
        expect(page.locator("#order-describe-note")).to_have_value("")
    assert page.evaluate("window.hacked") is None


def test_a_text_in_a_list_arrives_as_it_was_typed(visitor: Arrive) -> None:
    somebody = visitor()
    watching, page = somebody.open("/order"), somebody.open("/order")
    lines = [line.strip() for text in TEXTS for line in text.split("\n") if line.strip()]
    page.locator("#order-tag-labels").fill("\n".join(lines))
    stock = page.get_by_role("group", name="Stock", exact=True)
    for number, key in enumerate(KEYS, 1):
        stock.get_by_role("button", name="Add").click()
        stock.get_by_label("Key").last.fill(key)
        stock.get_by_label("Value").last.fill(str(number))
    page.locator("#order-tag-password").fill("pw")
    page.get_by_role("button", name="Tag").click()
    for one in (page, watching):
        items = shown(one, "Labels").locator("li")
        expect(items).to_have_count(len(lines))
        assert [item.text_content() for item in items.all()] == lines
        keys = shown(one, "Stock").locator("dt")
        assert [key.text_content() for key in keys.all()] == KEYS
        assert one.evaluate("window.hacked") is None


def naughty_texts(count: int) -> list[str]:
    """Texts of everything that ends a line somewhere, with what could be made of a new one."""
    chance = random.Random(20)
    pieces = [
        *(
            "\r",
            "\n",
            "\r\n",
            "\n\n",
            "\0",
            "\u2028",
            "\u2029",
            "\u0085",
            "\v",
            "\f",
            "\x1b",
            "\x7f",
        ),
        *("data: ", "event: datastar-patch-elements", 'signals {"order": {"note": "x"}}', "id: 1"),
        *("retry: 1", ": ", "elements <p id=forged>x</p>", "selector body", "mode append"),
        *("a", "é", "𝒳", '"', "'", "\\", "</script>", "&", "@get('/x')", "$order.note", ";", "{}"),
    ]
    return ["".join(chance.choices(pieces, k=chance.randint(1, 12))) for _ in range(count)]


def test_line_ends_forge_nothing(visitor: Arrive) -> None:
    page = visitor().open("/order")
    note = shown(page, "Note").element_handle()
    failures = page.evaluate(
        """async ([note, texts]) => {
            const failures = [];
            for (const text of texts) {
                await fetch('/order/describe', {
                    method: 'POST',
                    headers: {'content-type': 'application/json', accept: 'application/json'},
                    body: JSON.stringify({note: text}),
                });
                const end = Date.now() + 5000;
                while (note.textContent !== text && Date.now() < end)
                    await new Promise(resolve => setTimeout(resolve, 1));
                if (note.textContent !== text) failures.push([text, note.textContent]);
                if (document.getElementById('forged')) failures.push([text, 'forged']);
            }
            return failures;
        }""",
        [note, naughty_texts(500)],
    )
    assert failures == []
