"""What a docstring says, the same under every version of Python.

Python 3.13 takes only spaces for indentation; before, `inspect.cleandoc` took all white space.
"""


def cleandoc(text: str) -> str:
    """Take the common indentation away, as `inspect.cleandoc` of Python 3.13 does."""
    lines = text.expandtabs().split("\n")
    margin = min(
        (len(line) - len(line.lstrip(" ")) for line in lines[1:] if line.lstrip(" ")), default=0
    )
    lines = [lines[0].lstrip(" "), *[line[margin:] for line in lines[1:]]]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)
