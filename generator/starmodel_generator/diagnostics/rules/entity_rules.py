"""Rules about entities, their fields and their events."""

from starmodel_generator.diagnostics.diagnostic import Rule

DYNAMIC_BASE_CLASS = Rule(
    "SM101",
    "dynamic-base-class",
    "error",
    summary="a base class is computed and cannot be known without running code",
    explanation=(
        "The generator reads source text and never runs it. A base that is the result of a call"
        " or of an expression hides which fields and events the class inherits. Write the base"
        " as a class of its own and name it."
    ),
)
STAR_IMPORT_BASE = Rule(
    "SM102",
    "star-import-entity-base",
    "error",
    summary="a base class may come from a star import of a module that cannot be read",
    explanation=(
        "`from module import *` says nothing about names where the module is not part of the"
        " project. `from starmodel import *` and star imports of the project's own modules are"
        " understood. Import the base by its name."
    ),
)
CONDITIONAL_ENTITY = Rule(
    "SM103",
    "conditional-entity",
    "error",
    summary="an entity, a field or an event is defined inside `if`, `try`, `for` or the like",
    explanation=(
        "Whether it exists is decided when the module runs, but routes and clients are written"
        " before. Move the class to the top of the module, the field or the event to the top of"
        " the class."
    ),
)
NESTED_ENTITY = Rule(
    "SM104",
    "nested-class",
    "error",
    summary="an entity, a value object or an enum is defined inside a function or a class",
    explanation=(
        "Generated code imports the class by its name, which works for classes of a module"
        " alone. Move it to the top of the module."
    ),
)
DUPLICATE_ENTITY = Rule(
    "SM105",
    "duplicate-entity",
    "error",
    summary="two entities have the same name",
    explanation=(
        "The name of an entity names its folder, its path and its signals, so it has to be"
        " unique in the app, whatever module the class is in. Rename one of them."
    ),
)
IMPORT_CYCLE = Rule(
    "SM106",
    "unresolved-import-cycle",
    "error",
    summary="a name is imported in a circle and defined nowhere",
    explanation=(
        "Modules may import each other, but somewhere in the circle the name has to be defined."
        " Import it from the module that defines it."
    ),
)
UNKNOWN_NAME = Rule(
    "SM107",
    "unknown-name",
    "error",
    summary="a name is used that is neither defined nor imported",
    explanation=(
        "The name was looked for in the module, in what it imports and among the builtins."
        " Names that come from a star import of a module outside the project cannot be found:"
        " import them by name."
    ),
)
FOREIGN_BASE_CLASS = Rule(
    "SM108",
    "foreign-base-class",
    "warning",
    summary="an entity inherits from a class outside the project",
    explanation=(
        "Only the project's own source is read. Methods such a base brings along work as"
        " ever, but its fields and events are not generated. Silence the warning if it has none."
    ),
)
EVENT_OUTSIDE_ENTITY = Rule(
    "SM109",
    "event-outside-entity",
    "warning",
    summary="a class has `@event` methods, but no entity is or inherits from it",
    explanation=(
        "Events are generated for classes that lead to `starmodel.Entity`, and for mixins that"
        " such a class inherits from. Add `Entity` to the bases, or remove `@event`."
    ),
)
ENTITY_OUTSIDE_SOURCES = Rule(
    "SM110",
    "entity-outside-sources",
    "error",
    summary="an event takes an entity that is not among the app's entities",
    explanation=(
        "An entity can be loaded for an event when code was generated for it too. Add its file"
        " to `entities` in the configuration. A class that is only a base of other entities"
        " (marked with `ABC`, or with a leading underscore, or without events) is not one."
    ),
)
UNKNOWN_OPTION = Rule(
    "SM111",
    "unknown-entity-option",
    "error",
    summary="`model_config` has a key that neither StarModel nor pydantic knows",
    explanation=(
        "StarModel's keys are `store`, `scope`, `ttl`, `namespace`, `access`, `page`, `respond`"
        " and, for SQL, `crud`, `indexes`, `unique` and `renamed_from`; pydantic's own are passed"
        " on. Anything else would be ignored in silence."
    ),
)
INVALID_OPTION = Rule(
    "SM112",
    "invalid-entity-option",
    "error",
    summary="`model_config` has a value that cannot be used or cannot be known",
    explanation=(
        "Options are read from source text, so they have to be written as plain values, as"
        " members of the enums that StarModel gives, or as names of such constants. `label` names"
        " the text that a record is called by, a field or a computed one, and `order_by` the fields"
        ' that a list is sorted by (`"-price,name"`): each is public and has a column of its own.'
    ),
)
RENAMED_IN_REDIS = Rule(
    "SM147",
    "renamed-in-redis",
    "error",
    summary="an entity in Redis says what its class was called before",
    explanation=(
        "Its key in Redis begins with the name of its class, and no migration gives keys another one:"
        " what was kept under the old name would not be found. Keep the name of the class. Fields may"
        " be renamed: `Field(renamed_from=...)` is looked up when a document is read."
    ),
)
SCOPE_NOT_AVAILABLE = Rule(
    "SM114",
    "scope-not-available",
    "error",
    summary="an entity asks for a scope that this version cannot generate code for",
    explanation="Available are `Scope.SESSION`, `Scope.GLOBAL` and `Scope.RECORD`.",
)
INVALID_ACCESS = Rule(
    "SM115",
    "invalid-access",
    "error",
    summary="`access` is neither a member of `Access` nor a policy function",
    explanation=(
        "Generated code calls a policy by its name: it has to be a plain function at the top of"
        " a module of the project that takes the actor and the entity and says yes or no."
    ),
)
UNKNOWN_PAGE = Rule(
    "SM116",
    "unknown-page",
    "error",
    summary="`page` names a function that is not there",
    explanation=(
        '`page` is `True` for the generated page, `False` for none, or `"module:function"` for'
        " a function at the top of a module of the project."
    ),
)
INCONSISTENT_BASES = Rule(
    "SM117",
    "inconsistent-bases",
    "error",
    summary="the bases of a class contradict each other",
    explanation=(
        "Python refuses a class whose bases stand in an order that their own bases contradict,"
        " or that inherits from itself. List the more special base first."
    ),
)

MISSING_ANNOTATION = Rule(
    "SM201",
    "missing-field-annotation",
    "error",
    summary="a class attribute has a value and no annotation",
    explanation=(
        "Pydantic refuses such a class when it is imported: a field needs a type. Annotate it;"
        " with `ClassVar[...]` it is a constant of the class and no field."
    ),
)
UNSUPPORTED_TYPE = Rule(
    "SM202",
    "unsupported-field-type",
    "error",
    summary="a field, a parameter or a return has a type that cannot be stored and sent",
    explanation=(
        "Supported are bool, int, float, str, bytes, Decimal, date, time, datetime, timedelta,"
        " UUID, enums, Literal, T | None, list, dict, set, tuple, pydantic models of the project"
        " and Any. Each of these has one meaning in Python, in JSON and on the page."
    ),
)
MUTABLE_DEFAULT = Rule(
    "SM203",
    "mutable-default",
    "error",
    summary="a parameter has a list, a dict or a set as its default",
    explanation=(
        "Python makes the default once and shares it between all calls. Use `None`, or a tuple."
        " Fields may have such defaults, for pydantic copies them."
    ),
)
NONLITERAL_DEFAULT = Rule(
    "SM204",
    "nonliteral-default",
    "error",
    summary="the default of a parameter has to be run to be known",
    explanation=(
        "The default of a parameter is written into routes, bindings and clients, so it has to"
        " be a literal, a constant or an enum member. Use `None` and work the value out inside"
        " the event. Fields may have any default, for pydantic makes it at run time."
    ),
)
AMBIGUOUS_UNION = Rule(
    "SM205",
    "ambiguous-union",
    "warning",
    summary="the members of a union cannot be told apart in JSON",
    explanation=(
        "A date and a text are both strings in JSON, two value objects both objects. What comes"
        " back may be another member than what went out. Give value objects a `Literal` field"
        " and name it with `Field(discriminator=...)`, or use one type."
    ),
)
NAIVE_DATETIME = Rule(
    "SM206",
    "naive-datetime",
    "warning",
    summary="a datetime says nothing about time zones",
    explanation=(
        "A browser in another zone shows another moment. `pydantic.AwareDatetime` asks for a"
        " zone, `pydantic.NaiveDatetime` says that none is meant."
    ),
)
FLOAT_MONEY = Rule(
    "SM207",
    "float-money",
    "warning",
    summary="a field that looks like money is a float",
    explanation=(
        "Binary fractions cannot hold 0.10, so sums drift. `Decimal` is exact and travels as"
        " text; whole cents in an `int` do as well."
    ),
)
INVALID_COMPUTED_FIELD = Rule(
    "SM208",
    "invalid-computed-field",
    "error",
    summary="a computed field has no return type, or its decorators stand in the wrong order",
    explanation=(
        "Pydantic needs `@computed_field` above `@property` and a return annotation; otherwise"
        " it refuses the class when it is imported."
    ),
)
FIELD_ALIAS = Rule(
    "SM209",
    "field-alias",
    "error",
    summary="an alias cannot be known without running code, or is none that can be sent",
    explanation=(
        "Programs send and get fields under their aliases, and clients are written with them: an"
        " `alias` is a plain text, an `alias_generator` one of `to_camel`, `to_pascal` and `to_snake`"
        " of pydantic's. What is looked for inside of another value alone (`AliasPath`) no form and"
        " no client can send: let it be given by its name as well, with `populate_by_name=True`."
    ),
)
ANY_TYPE = Rule(
    "SM210",
    "any-type",
    "warning",
    summary="a field or a parameter takes anything",
    explanation=(
        "`Any`, and a `list` or `dict` that does not say of what, is carried without a check:"
        " pages, forms and clients know nothing about it. Say what it holds; where that is JSON of any"
        " kind, `dict[str, Any]` or `pydantic.JsonValue` says so."
    ),
)
UNKNOWN_FIELD_OPTION = Rule(
    "SM211",
    "unknown-field-option",
    "error",
    summary="`Field(...)` has an argument that nobody knows",
    explanation="A misspelt argument would be ignored in silence.",
)
INVALID_CONSTRAINT = Rule(
    "SM212",
    "invalid-constraint",
    "error",
    summary="a constraint cannot be known, or does not fit the type",
    explanation=(
        "Limits are written into forms, routes and clients, so they have to be plain values."
        " Numbers and dates have `gt`, `ge`, `lt`, `le`; texts and collections `min_length` and"
        " `max_length`; texts `pattern`; Decimal `max_digits` and `decimal_places`."
    ),
)
UNSUPPORTED_ENUM = Rule(
    "SM213",
    "unsupported-enum-value",
    "error",
    summary="an enum has a member whose value is no text and no whole number, or has no members",
    explanation=(
        "JSON, forms and clients see an enum by its values. Each has to be a `str` or an `int`"
        " that is known without running code; `auto()` is understood."
    ),
)
INVALID_DEFAULT = Rule(
    "SM214",
    "invalid-default",
    "error",
    summary="a default does not fit its type, or cannot be made",
    explanation=(
        "Pydantic does not check defaults, but an entity is checked before every save: with"
        " such a default each event on a new instance would fail."
    ),
)
RECORD_ID = Rule(
    "SM215",
    "record-id-type",
    "error",
    summary="a record declares an `id` that it cannot be found by",
    explanation=(
        "A record is found by its id, in paths and in the store. Leave `id` out, and it gets a"
        " unique text that sorts by age; or declare it as `str`, in SQL also as `UUID`. There are"
        " two kinds of numbers. `id: int | None = Field(default=None, primary_key=True)` is handed"
        " out by the store, 1, 2, 3: a new record has none until `await work.flush()` or the"
        " commit. `id: int` is given by whoever makes a record, or by a `default_factory`: a"
        " default that all have in common would be the id of the first one, and refused for the"
        " second. What is kept once for a session, for an actor or for all has no number."
    ),
)
MISSING_DEFAULT = Rule(
    "SM216",
    "missing-field-default",
    "error",
    suppressible=True,
    summary="a field has no default, but its entity is made with nothing given",
    explanation=(
        "An entity of scope SESSION or GLOBAL comes into being when it is first asked for, so"
        " every field needs a default. With `Scope.RECORD` a classmethod event creates it and"
        " gives the values."
    ),
)
INVALID_LOOKUP = Rule(
    "SM230",
    "invalid-lookup",
    "error",
    summary="`lookups` names what a list cannot be searched and sorted by",
    explanation=(
        "`lookups` of `model_config` are what a list of records in SQL is searched and sorted by"
        " besides its own fields. `customer__name` is the field `name` of what `customer`, a"
        " `Ref`, refers to: a public one in a column of its own, a text, a number, a date, an"
        " enum or a bool. `lines__count` is how many records there are of `lines`, a `Many`. They"
        " go one step, and not to what has a `ttl`."
    ),
)
REVEALING_LOOKUP = Rule(
    "SM231",
    "revealing-lookup",
    "error",
    summary="a list would tell of records that its reader may not see",
    explanation=(
        "Whoever may search and sort a list by `customer__name` learns of customers what he asks"
        " for, letter by letter. So all who may see the list have to be allowed to read what it"
        " is searched by: that is `Access.PUBLIC`, or both are `Access.AUTHENTICATED`."
    ),
)
INVALID_SEARCHABLE = Rule(
    "SM241",
    "invalid-searchable",
    "error",
    summary="a field is said to be searchable, and is none that lists are searched by",
    explanation=(
        "`Field(searchable=True)` has the words of a field indexed, and `q` of a list searches them."
        " So it is for a `str` of a record in SQL, `None` or not, and for no `id`, part of a value"
        " object, number or list."
    ),
)
REVEALING_SEARCH = Rule(
    "SM242",
    "revealing-search",
    "error",
    summary="a list would be searched by what its reader may not see",
    explanation=(
        "Whoever may search a list by a text learns what stands in it, word by word. So a field that"
        " is private or write-only, or that a serializer of yours sends as something else, is not"
        " searchable. Inside an event `work.find` finds records by private fields."
    ),
)
COLLECTION_EVENT = Rule(
    "SM219",
    "event-without-record",
    "error",
    summary="an event without a record of its own cannot be served as it is written",
    explanation=(
        "An `@event` on a `@staticmethod`, or on a `@classmethod` that does not return its own"
        " class, is about all records of a `Scope.RECORD`: to put them in an order, to import many."
        " It has no record that `access` could be asked of, so it says itself who may:"
        " `@event(access=Access.AUTHENTICATED)`, or the name of a function `(actor) -> bool`. It"
        " commits once, so it is no generator, and no page watches what it is about, so it does"
        ' not answer with a fragment to all of them (`respond="ack"`).'
    ),
)
UNKNOWN_FILTER = Rule(
    "SM217",
    "unknown-filter",
    "error",
    summary="records are looked for by a filter that there is not",
    explanation=(
        "`work.find(Order, status=Status.OPEN, price__lt=5)` takes the filters of lists: a field"
        " that has a column of its own, and behind `__` an operator that fits its type. Texts,"
        " numbers, dates and times have `ne`, `in`, `lt`, `le`, `gt`, `ge`, texts also `contains`"
        " and `startswith`; enums, ids and references `ne` and `in`; booleans `ne`; what may be"
        " `None` `isnull`. Private fields are among them, computed ones are not. Several records"
        " that a field refers to are asked for one of them. `find` also takes `sort`, `limit` and"
        " `lock`, `find_one` takes `sort` and `lock`."
    ),
)
NOT_FOUND_BY = Rule(
    "SM218",
    "entity-cannot-be-found",
    "error",
    summary="records are looked for of an entity that has none that can be found",
    explanation=(
        "`work.find` and its like ask a database. Keep the entity in SQL with the scope RECORD,"
        " `model_config = EntityConfig(store=StateStore.SERVER_SQL)`, or load what there is with"
        " `work.load`."
    ),
)
PROTECTED_PART = Rule(
    "SM240",
    "protected-part-without-default",
    "error",
    summary="callers send a value object with a part that they do not write and that has no default",
    explanation=(
        "What is private or has `writable=False` in a value object is not read from a request, so"
        " a value object that somebody sends has the default there; an update keeps what is"
        " stored. Without a default there would be nothing. Give the part one, or let events"
        " take the other parts as arguments and make the value object themselves."
    ),
)

INVALID_HOOK = Rule(
    "SM227",
    "invalid-hook",
    "error",
    summary="a hook of `create`, `update` or `delete` cannot be called as it is written",
    explanation=(
        "`before_create`, `after_create`, `before_update`, `after_update`, `before_delete` and"
        " `after_delete` are plain methods of an entity, `def` or `async def`, which generated"
        " commands call. They change `self` and return nothing. Their parameters are those that"
        " the runtime supplies: `UnitOfWork`, `Actor`, `Request`, an entity of which there is one"
        " for all, what a provider makes. A caller gives them nothing; what it has given is in the"
        " fields."
    ),
)
UNCALLED_HOOK = Rule(
    "SM228",
    "uncalled-hook",
    "warning",
    summary="a method has the name of a hook, and nothing calls it",
    explanation=(
        "`before_create` and the like are called by the commands that `crud` asks for. An entity"
        " without that command has nobody who calls them. Add it to `crud`, call the method in an"
        " event and give it another name, or silence the rule."
    ),
)
UNANNOTATED_PARAMETER = Rule(
    "SM301",
    "unannotated-event-parameter",
    "error",
    summary="a parameter of an event has no type",
    explanation="Routes, forms and clients need to know what to read and what to offer.",
)
MISSING_RETURN = Rule(
    "SM302",
    "missing-event-return",
    "warning",
    summary="an event has no return annotation",
    explanation=(
        "Without it the clients' methods give `Any`, and nobody sees whether the event answers"
        " with a value or a fragment. Most events are `-> None`."
    ),
)
BLOCKING_ASYNC = Rule(
    "SM303",
    "blocking-io-in-async-event",
    "warning",
    summary="an async event calls something that blocks the event loop",
    explanation=(
        "While it waits, no other request and no live page is served. Use an async library, or"
        " `await asyncio.to_thread(...)`."
    ),
)
BLOCKING_SYNC = Rule(
    "SM304",
    "sync-event-blocking-io",
    "warning",
    summary="a plain event calls something that blocks the event loop",
    explanation=(
        "Events run on the event loop, so while one waits no other request is served. Make the"
        " event `async` and use an async library, or `await asyncio.to_thread(...)`."
    ),
)
VARIADIC_PARAMETER = Rule(
    "SM305",
    "variadic-event-parameter",
    "error",
    summary="an event takes `*args` or `**kwargs`",
    explanation=(
        "A client may only give what an event names. Name the parameters; for any number of"
        " values take a `list`."
    ),
)
PRIVATE_EVENT = Rule(
    "SM306",
    "event-on-private-method",
    "error",
    summary="an event's name starts with an underscore",
    explanation=(
        "An underscore says that a method is not for others, `@event` that everybody may call"
        " it. Rename the method, or remove `@event`."
    ),
)
UNSAFE_GET = Rule(
    "SM307",
    "unsafe-get-event",
    "error",
    summary="an event answers GET, but may change something",
    explanation=(
        "Browsers, crawlers and caches send GET whenever they like, and cross-site protection"
        " does not apply to it. A GET event may read its fields and call methods that only read."
        " What cannot be shown to be harmless counts as a change: use POST."
    ),
)
DECORATOR_ORDER = Rule(
    "SM308",
    "unknown-decorator-order",
    "warning",
    summary="an unknown decorator stands above `@event`",
    explanation=(
        "What is called is what the outermost decorator gives; it may take other arguments than"
        " the method that was read. Put `@event` on top."
    ),
)
MISSING_AWAIT = Rule(
    "SM309",
    "missing-await",
    "error",
    summary="an event calls an async method and does not await it",
    explanation="The call makes a coroutine and runs nothing. Write `await` in front of it.",
)
POSITIONAL_ONLY = Rule(
    "SM310",
    "positional-only-parameter",
    "error",
    summary="a parameter of an event cannot be given by name",
    explanation="Arguments arrive by name. Remove the `/` from the parameters.",
)
INVALID_EVENT_OPTION = Rule(
    "SM311",
    "invalid-event-option",
    "error",
    summary="`@event(...)` has an argument that is unknown or cannot be used",
    explanation=(
        "`@event` takes `method`, `path`, `selector`, `mode`, `respond`, `access`, `name` and"
        " `lock`, by name and as plain values or constants. A path starts with `/`; for a record it"
        " holds `{id}` once."
    ),
)
INVALID_EVENT = Rule(
    "SM312",
    "invalid-event-method",
    "error",
    summary="`@event` stands on something that is no method of an instance",
    explanation=(
        "An event is a method with `self`, or a classmethod that creates a record. Static"
        " methods, properties and methods without parameters have no entity to work on."
    ),
)
INVALID_CREATION = Rule(
    "SM313",
    "invalid-creation",
    "error",
    summary="a classmethod event creates what is no record of its own class",
    explanation=(
        "A classmethod event that returns its own class (`-> Self`) makes a new record: its entity"
        " has `Scope.RECORD`, and it is no generator. One that returns anything else makes none,"
        " and is about all records (see SM219)."
    ),
)
INVALID_GENERATOR = Rule(
    "SM314",
    "invalid-generator-return",
    "error",
    summary="a generator event is not annotated as an iterator",
    explanation=(
        "An event with `yield` returns an iterator of its steps: `Iterator[T]` or"
        " `Generator[T, None, None]`, in an `async def` the same with `Async` in front."
    ),
)
CONTRADICTED_WRITE_ONLY = Rule(
    "SM135",
    "contradicted-write-only",
    "error",
    summary="a write-only field is something that a write-only field cannot be",
    explanation=(
        "A field with `write_only=True` is an argument of generated `create` and `update`, and is"
        " never shown: no page, list, filter or error may tell what it holds. So it is not private"
        " or `writable=False` (nothing would write it), not unique (whoever is refused learns what"
        " others have), no key and in no index (nobody finds a record by it), and its type is one"
        " that is typed into an input which is empty each time. A value object is written and shown"
        " as a whole, so its parts are not write-only."
    ),
)
UNWRITTEN_FIELD = Rule(
    "SM136",
    "unwritten-write-only",
    "warning",
    summary="a field is write-only, and nothing that is generated writes it",
    explanation=(
        "`write_only=True` makes a field an argument of the `create` and `update` that `crud` asks"
        " for. Where there is neither, the field is the same as a private one: say that, or give"
        " the entity `crud`."
    ),
)
MISPLACED_SECRET = Rule(
    "SM137",
    "misplaced-secret",
    "error",
    summary="a `SecretStr` or `SecretBytes` is where a secret cannot be kept or kept back",
    explanation=(
        "A field of the type `SecretStr` or `SecretBytes` is write-only, and a parameter of it is"
        " left out of records of events. Inside of a list, a union or a value object it would be"
        " kept and sent with the rest, and what an event returns or a computed field gives is sent."
        " Keep it in a field of its own, in an entity in SQL or in memory."
    ),
)
INVALID_MOMENT = Rule(
    "SM138",
    "invalid-now",
    "error",
    summary="`now` is on a field that cannot be set to the time",
    explanation=(
        '`Field(now="create")` sets a field to the time when a record is first stored, and'
        ' `now="update"` whenever a change of it is stored. A moment has a zone, so the type is'
        " `pydantic.AwareDatetime`, or that or `None`. It is a field of an entity: a value object is"
        " stored with the entity that it is part of. No caller writes it, so it is not write-only."
    ),
)
INVALID_SERVER_DEFAULT = Rule(
    "SM139",
    "invalid-server-default",
    "error",
    summary="a `server_default` is none that both databases can be told of",
    explanation=(
        "`Field(server_default=...)` is what the database puts into the column where a statement"
        " says nothing of it. It is a constant of the field's type (a bool, a number, a text, a"
        ' `Decimal`, a UUID, a member of an enum), or `"CURRENT_TIMESTAMP"` for an `AwareDatetime`.'
        " An entity has all its values before it is stored, so what a database alone could work out"
        " is none: write `default_factory=...`. A part of a value object has no column to itself,"
        " whichever way it is kept."
    ),
)
SECRET_SIGNAL = Rule(
    "SM401",
    "secret-signal",
    "error",
    suppressible=True,
    summary="a field that looks secret would be sent to the browser",
    explanation=(
        "Every public field is a signal: it stands in pages, streams, JSON and clients."
        " `Field(private=True)` keeps a field on the server; `Field(write_only=True)` lets it be"
        " given to generated `create` and `update`, and never shows it. If it is no secret, silence"
        " the rule on its line."
    ),
)
SHADOWED_SIGNAL = Rule(
    "SM402",
    "shadowed-signal",
    "error",
    summary="two entities use the same namespace for their signals",
    explanation=(
        "On a page that shows both, the signals of one would overwrite those of the other. Give"
        " one of them another `namespace` in `model_config`."
    ),
)
MISSING_ACCESS = Rule(
    "SM405",
    "event-without-authorisation",
    "error",
    summary="an entity that is not its holder's alone does not say who may use it",
    explanation=(
        "Everybody reaches the same entity when its scope is GLOBAL or RECORD. Reading it and"
        " each event need an answer to who may: `access=Access.PUBLIC`,"
        " `access=Access.AUTHENTICATED`, or a policy function `(actor, entity) -> bool`, on the"
        " class or on the event."
    ),
)

ROUTE_COLLISION = Rule(
    "SM601",
    "route-collision",
    "error",
    summary="two routes have the same method and path",
    explanation=(
        "Only one of them could be reached. Give one event another `path` or `name`, or rename"
        " the entity."
    ),
)
RESERVED_NAME = Rule(
    "SM602",
    "reserved-name",
    "error",
    summary="a name is taken in the generated code, in Python, in pydantic or on the page",
    explanation=(
        "Names are carried over as they are and never bent to dodge a clash, so an author's"
        " name may not be one that the code around it needs. Choose another one."
    ),
)
CASE_COLLISION = Rule(
    "SM603",
    "case-folding-collision",
    "error",
    summary="two names differ only by case or underscores",
    explanation=(
        "Folders, paths and constants are written in one case, where the two would be one, as they"
        " are on some disks and in attributes of HTML. Rename one of them."
    ),
)
AMBIGUOUS_CLASS = Rule(
    "SM604",
    "ambiguous-class-name",
    "error",
    summary="one entity uses two classes of the same name",
    explanation=(
        "The code generated for an entity imports the classes it uses by name, so two of the"
        " same name cannot stand in it. Rename one of them."
    ),
)
INVALID_NAME = Rule(
    "SM605",
    "invalid-name",
    "error",
    summary="a name cannot be a signal or part of a path",
    explanation=(
        "Names of fields, events and parameters travel to the browser, where only ASCII letters,"
        " digits and single underscores have one meaning: `update_count`, `updateCount`. They begin"
        " in lower case, as in Python; a namespace may begin with a capital. An underscore in front"
        " makes a signal local, two in a row start a modifier."
    ),
)
DUPLICATE_MEMBER = Rule(
    "SM606",
    "duplicate-member",
    "error",
    summary="one class uses a name twice",
    explanation=(
        "In Python the later one wins in silence; outside, one name is one thing. Rename one."
    ),
)

HIDDEN_NAME = Rule(
    "SM607",
    "hidden-name",
    "error",
    summary="a class body uses a name of its module that it has given to a field or a method",
    explanation=(
        "A class body looks names up among its own first. A field with a value binds its name"
        " before Python reads the annotation beside it, and everything below finds the field:"
        " `date: date | None = None` is `None | None`. A method hides the type or the decorator of"
        " its name in the same way. Import the module under another name: `import datetime as dt`,"
        " and `date: dt.date | None = None`."
    ),
)
BROWSER_SCOPE = Rule(
    "SM250",
    "browser-scope",
    "error",
    summary="an entity that browsers keep does not belong to a session",
    explanation=(
        "With `StateStore.CLIENT_SESSION` and `StateStore.CLIENT_LOCAL` the state is in the browser of"
        " its holder, sealed for his session: there is no one for all, and none that others could"
        " list or look up. Take `scope=Scope.SESSION`, the default, or keep the entity on the server:"
        " `StateStore.SERVER_SQL`, `SERVER_REDIS` or `SERVER_MEMORY`."
    ),
)
BROWSER_SECRET = Rule(
    "SM251",
    "browser-secret",
    "error",
    summary="a field of an entity that browsers keep is private",
    explanation=(
        "What a browser keeps is signed, so that nobody but the app can make or change it, but not"
        " encrypted: its user can read all of it, private parts of value objects too. Nor does a signature tell an old state from the"
        " newest, so nothing that costs money or grants anything belongs there. Take the field out,"
        " make it public if it is no secret, or keep the entity on the server."
    ),
)
BROWSER_OPTION = Rule(
    "SM252",
    "browser-option",
    "error",
    summary="an entity that browsers keep asks for what only a server can do",
    explanation=(
        "Its state comes with each request and goes back with the answer. So its events are requests"
        ' with a body, not `method="GET"`, and are answered with what changed, not by'
        ' `respond="ack"`, after which the change would arrive by a live stream. No migration'
        " reaches what browsers have, so a class is called as it was; of a field"
        " `Field(renamed_from=...)` is understood."
    ),
)
BROWSER_ARGUMENT = Rule(
    "SM253",
    "browser-argument",
    "error",
    summary="an event of another entity takes one that browsers keep",
    explanation=(
        "A browser sends such an entity with the events of the entity itself, and with no other"
        " request: the event would find it empty. Make it an event of the entity that the browser"
        " keeps, which may take records of the server, or hand over the values as arguments and check"
        " them, for whoever sends them may send anything."
    ),
)
MISPLACED_CACHE = Rule(
    "SM254",
    "misplaced-cache",
    "error",
    summary="an entity has a `cache` that could not be used, or not be right",
    explanation=(
        "A cache answers reads of an entity in SQL, `StateStore.SERVER_SQL`: any other store is as fast, or"
        " is not the server's. What is judged by a policy function, `access=function`, is judged as it"
        " stands in the database, so a cache would never be asked. What has a `ttl` is over at a time"
        " that a cache does not know. A cache in Redis keeps no `SecretStr`; one in memory does."
    ),
)
UNTOLD_CACHE = Rule(
    "SM255",
    "untold-cache",
    "error",
    summary="an entity with a `cache` is changed by the database itself",
    explanation=(
        'With `on_delete="cascade"` or `"set_null"`, and in a list of references, the database changes a'
        " record when the one it refers to is deleted. No event has done that to it, so its cache is"
        " told nothing, and would show for minutes what is not there any more. Take"
        ' `on_delete="restrict"`, the default, or leave out `cache`.'
    ),
)
