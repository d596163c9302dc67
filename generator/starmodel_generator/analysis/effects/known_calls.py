"""What is known about calls without looking at them: which are pure, which block.

"Pure" is said of what is handed in: `sorted(items)` leaves `items` alone. A
method name counts as pure or mutating whatever it is called on; a call that is
in no table may do anything.
"""

PURE_BUILTINS = frozenset(
    "abs all any ascii bin bool bytes callable chr complex divmod float format hasattr hash hex id"
    " int isinstance issubclass len oct ord pow print range repr round str sum type".split()
)
"""Builtins that give nothing of what they get."""

HOLDING_BUILTINS = frozenset(
    "dict enumerate filter frozenset iter list map reversed set sorted tuple zip".split()
)
"""Builtins that give a new container of what was in the old one."""

ELEMENT_BUILTINS = frozenset({"max", "min", "next"})
"""Builtins that give an element of what they get."""

MUTABLE_BUILTIN_TYPES = frozenset({"dict", "list", "set", "bytearray", "object"})
"""Types whose methods may be called on the class: `list.append(self.items, 1)`."""

MUTATING_METHODS = frozenset(
    "add append appendleft clear difference_update discard extend extendleft insert"
    " intersection_update move_to_end pop popitem popleft put put_nowait remove reverse rotate"
    " setdefault sort symmetric_difference_update update write writelines"
    " __delitem__ __setitem__ __delattr__ __setattr__ __iadd__".split()
)
"""Methods of lists, dicts, sets, deques and queues that change them."""

PURE_METHODS = frozenset(
    # text and bytes
    "capitalize casefold center count decode encode endswith expandtabs find format format_map hex"
    " index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable"
    " isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix"
    " replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip"
    " swapcase title translate upper zfill"
    # containers
    " copy difference get intersection isdisjoint issubset issuperset items keys"
    " symmetric_difference union values"
    # numbers
    " as_integer_ratio as_tuple bit_count bit_length conjugate is_finite is_integer is_nan"
    " is_signed is_zero normalize quantize to_integral_value"
    # times
    " astimezone ctime date dst fromisoformat isocalendar isoformat isoweekday strftime time"
    " timestamp timetuple timetz toordinal total_seconds tzname utcoffset utctimetuple weekday"
    # pydantic models, and what turns itself into HTML
    " model_copy model_dump model_dump_json model_json_schema __ft__ __html__"
    # logging
    " critical debug error exception info log warning".split()
)
"""Methods that leave alone what they are called on, and what they get."""

MODEL_METHODS = frozenset(
    "model_construct model_copy model_dump model_dump_json model_json_schema"
    " model_parametrized_name model_post_init model_rebuild model_validate model_validate_json"
    " model_validate_strings".split()
)
"""What every pydantic model has; another `model_...` is a method of the author's own."""

PART_METHODS = frozenset({"get", "model_copy"})
"""Pure methods that give a part of what they are called on."""

HOLDING_METHODS = frozenset(
    "copy difference intersection items keys symmetric_difference union values".split()
)
"""Pure methods that give a new container of the same parts."""

PURE_MODULES = (
    "asyncio",
    "base64",
    "calendar",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "fasthtml",
    "fractions",
    "functools",
    "hashlib",
    "html",
    "itertools",
    "json",
    "logging",
    "math",
    "pprint",
    "re",
    "statistics",
    "string",
    "textwrap",
    "typing",
    "urllib.parse",
    "uuid",
    "zoneinfo",
)
"""Modules whose functions leave their arguments alone."""

BLOCKING_CALLS = frozenset(
    {
        "getpass.getpass",
        "input",
        "io.open",
        "open",
        "os.popen",
        "os.system",
        "select.select",
        "signal.pause",
        "time.sleep",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        *(f"ftplib.{name}" for name in ("FTP", "FTP_TLS")),
        *(f"http.client.{name}" for name in ("HTTPConnection", "HTTPSConnection")),
        *(f"{name}.connect" for name in ("sqlite3", "psycopg", "psycopg2", "pymysql", "MySQLdb")),
        *(
            f"pathlib.Path.{name}_{kind}"
            for name in ("read", "write")
            for kind in ("text", "bytes")
        ),
        "pathlib.Path.open",
        *(f"shutil.{name}" for name in ("copy", "copy2", "copyfile", "copytree", "move", "rmtree")),
        *(f"smtplib.{name}" for name in ("SMTP", "SMTP_SSL")),
        *(
            f"socket.{name}"
            for name in ("create_connection", "getaddrinfo", "gethostbyaddr", "gethostbyname")
        ),
        "socket.socket",
        *(
            f"subprocess.{name}"
            for name in (
                "Popen",
                "call",
                "check_call",
                "check_output",
                "getoutput",
                "getstatusoutput",
                "run",
            )
        ),
        *(
            f"{library}.{name}"
            for library in ("requests", "httpx")
            for name in ("delete", "get", "head", "options", "patch", "post", "put", "request")
        ),
        "httpx.Client",
        "httpx.stream",
        "requests.Session",
        "requests.session",
        "urllib3.PoolManager",
        "urllib3.request",
    }
)
"""Calls that hold up the thread they run in, by full name."""

COROUTINE_FUNCTIONS = frozenset(
    {"asyncio.open_connection", "asyncio.sleep", "asyncio.to_thread", "asyncio.wait_for"}
)
"""Functions of the standard library that do nothing until they are awaited."""

IMMUTABLE_TYPES = frozenset(
    "None NoneType bool bytes complex date datetime Decimal float Fraction int str time timedelta"
    " timezone UUID ZoneInfo LiteralString".split()
)
"""Types, by their last name, whose values nothing can change."""

RELATION_TYPES = frozenset({"Many", "One", "Ref"})
"""Types, by their last name, of what refers to other entities and loads them."""

IMMUTABLE_CONTAINERS = frozenset({"tuple", "Tuple", "frozenset", "FrozenSet"})
TRANSPARENT_TYPES = frozenset({"Annotated", "ClassVar", "Final", "Optional", "Union"})


def is_pure_function(full_name: str) -> bool:
    """Return whether a function, by its full name, leaves its arguments alone."""
    if full_name in PURE_BUILTINS or full_name in HOLDING_BUILTINS or full_name in ELEMENT_BUILTINS:
        return True
    return any(full_name.startswith(f"{module}.") for module in PURE_MODULES)


def is_class_name(name: str) -> bool:
    """Return whether a name is spelt like a class or an element: `Decimal`, `Div`, `ft.Li`.

    Calling one makes something new; what it is given stays as it was.
    """
    last = name.rpartition(".")[2].lstrip("_")
    return last[:1].isupper()
