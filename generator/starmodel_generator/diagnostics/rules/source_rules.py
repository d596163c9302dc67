"""The rules about source that Python or pydantic refuses, or that fails when it first runs."""

from starmodel_generator.diagnostics.diagnostic import Rule

NOT_THERE_YET = Rule(
    "SM120",
    "name-not-there-yet",
    "error",
    summary="a name is used before the line that defines it has run",
    explanation=(
        "Defaults, decorators, annotations and base classes are evaluated while the module is"
        " imported, from top to bottom. Move the definition up, or put an annotation into quotes."
    ),
)
TYPE_CHECKING_NAME = Rule(
    "SM121",
    "type-checking-name",
    "error",
    summary="a name that only type checkers have is needed at run time",
    explanation=(
        "Under `if TYPE_CHECKING:` nothing is imported when the program runs. Pydantic needs the"
        " types of fields, and code needs what it calls: import the name outside of the `if`."
        ' The target of a relation may stay there: `Ref["Author"]`.'
    ),
)
UNKNOWN_ATTRIBUTE = Rule(
    "SM122",
    "unknown-attribute",
    "error",
    summary="a class or a module is asked for something that it does not have",
    explanation=(
        "`date.tody` fails where it is evaluated: in a default or a decorator that keeps the"
        " module from being imported, in an event its first call. The fields of a model belong to"
        " its instances: the class does not have them."
    ),
)
FAILING_IMPORT = Rule(
    "SM123",
    "failing-import",
    "error",
    summary="an import names something that is not there",
    explanation=(
        "Modules of the project, of the standard library, of pydantic and of StarModel are known"
        " by what they define. An import in a `try` or an `if` is left alone."
    ),
)
OWN_CONSTRUCTOR = Rule(
    "SM124",
    "own-constructor",
    "error",
    summary="a model has an `__init__` or a `__new__` of its own",
    explanation=(
        "Entities are loaded, copied and validated by pydantic, which calls the constructor with"
        " the fields as keyword arguments and nothing else. Give fields a `default_factory`, check"
        " them in a `model_validator`, set up what is no field in `model_post_init`, and create"
        " records with a classmethod event."
    ),
)
DUPLICATE_CLASS = Rule(
    "SM126",
    "duplicate-class",
    "error",
    summary="two classes of a module have the same name",
    explanation=(
        "Python keeps the later one. What stands between the two means the earlier one, which"
        " nothing outside can import. Rename or remove one of them."
    ),
)
REQUIRED_CYCLE = Rule(
    "SM127",
    "required-cycle",
    "error",
    summary="entities require each other, so that none of them can be created first",
    explanation=(
        "A `Ref` without a default needs a record that is there already. In a circle of them the"
        " first record could never be made: let one of them be `Ref[...] | None = None`."
    ),
)
UNUSABLE_BASES = Rule(
    "SM128",
    "unusable-bases",
    "error",
    summary="Python refuses to make a class of these bases",
    explanation=(
        "A class may list a base once; an enum that has members cannot be inherited from; a model"
        " cannot be an enum, or a builtin type such as `str` or `dict`, at the same time."
    ),
)
ABSTRACT_ENTITY = Rule(
    "SM129",
    "abstract-entity",
    "error",
    summary="an entity or a value object has abstract methods, so that none can be made",
    explanation=(
        "Python refuses to make an instance of a class with abstract methods. Implement them; or,"
        " where the class is only to be inherited from, put `ABC` among its bases."
    ),
)
REFUSED_DECORATOR = Rule(
    "SM130",
    "refused-decorator",
    "error",
    summary="a decorator, or a private attribute, is one that Python or pydantic refuses",
    explanation=(
        "`field_validator` and `field_serializer` take the names of fields that the class has;"
        ' `model_validator` takes `mode="before"`, `"after"` or `"wrap"`. A `PrivateAttr` has an'
        " underscore in front of its name. Otherwise the class is refused when it is imported."
        " A validator that is `async`, or returns nothing, is no better: what calling it gives is the"
        " value."
    ),
)
INVALID_ENUM = Rule(
    "SM131",
    "invalid-enum",
    "error",
    summary="an enum has a member that Python refuses, or values that are not those written",
    explanation=(
        "Two members of one name, a member and a method of one name, a text in an `IntEnum`, a"
        " number in a `StrEnum`: Python refuses the class when it is imported. With a `__new__` or a"
        " `value` of its own the values are not those that are written."
    ),
)
PASSED_OVER = Rule(
    "SM132",
    "class-passed-over",
    "warning",
    summary="a class is written like an entity, and is none",
    explanation=(
        "Entities inherit from `starmodel.Entity`, and those in SQL from `BaseTable` too: `class"
        " Note(Entity, BaseTable, table=True)`. For a class with `table=True` that does not, no"
        " code would be generated. If it is a table of your own that StarModel is to leave alone,"
        " silence the rule, or keep the class out of the files that `entities` names."
    ),
)
NO_ENTITIES = Rule(
    "SM133",
    "no-entities",
    "error",
    summary="there is not a single entity in the files that `entities` names",
    explanation=(
        "There would be nothing to generate, so this is a mistake: the setting leads elsewhere, or"
        " the classes do not inherit from `Entity`."
    ),
)
FAILING_ANNOTATION = Rule(
    "SM134",
    "failing-annotation",
    "error",
    summary="an annotation cannot be evaluated",
    explanation=(
        'Python evaluates annotations while it makes the class. `"Book" | None` asks a text for'
        ' its `|`: put all of it into quotes, `"Book | None"`.'
    ),
)
CLASS_DECORATOR = Rule(
    "SM140",
    "class-decorator",
    "error",
    suppressible=True,
    summary="a model or an enum has a decorator that may make something else of it",
    explanation=(
        "What stands in the source of a class is what generated code is made from, and a decorator"
        " may return anything in its place: `@dataclass` on a pydantic model breaks it. Known to be"
        " harmless are `@final`, `@total_ordering`, `@unique`, `@deprecated`, and `@dataclass` on a"
        " class that is no model. Silence this for one of your own that returns the class as it is."
    ),
)
REBOUND_NAME = Rule(
    "SM141",
    "rebound-name",
    "error",
    summary="a name that models are written with means two things in its module",
    explanation=(
        "`from decimal import Decimal` and further down `Decimal = float`: which of them an"
        " annotation means depends on when Python evaluates it, and pydantic may do so a second"
        " time later. What the rest of the module binds to a class that generated code imports is"
        " what that gets. Give one of them another name."
    ),
)
CHANGED_CLASS = Rule(
    "SM143",
    "changed-class",
    "error",
    suppressible=True,
    summary="a model or an enum is changed outside of its body",
    explanation=(
        "Generated code is made from what stands in the body of a class and of its bases."
        ' `Product.model_config = ...`, `Product.name = ...`, `setattr(Product, "name", ...)`,'
        " `del Product.name`, a method put in later, a change of `model_fields` or"
        " `__annotations__`, a function that does any of these to a class it is given: what they"
        " make of the class no file would show. So it is with an `__init_subclass__` that changes the"
        " fields or the configuration. Write it in the body, or in a mixin."
        " `model_rebuild()`, `TypeAdapter(Product)` and whatever only reads the class are fine, and"
        " so are class variables (`ClassVar`) that a function sets. Silence this for an attribute"
        " that is nobody's business but yours."
    ),
)
UNKNOWN_MEMBER = Rule(
    "SM316",
    "unknown-member",
    "error",
    summary="a method uses something of an entity or a value object that it does not have",
    explanation=(
        "Reading it raises `AttributeError`, and pydantic refuses to set what is no field. It"
        " fails when the method is first called. Declare the field, or correct the name."
    ),
)
UNASSIGNABLE = Rule(
    "SM317",
    "unassignable-member",
    "error",
    summary="a method assigns to something that cannot be assigned to",
    explanation=(
        "Fields can be assigned to. A computed field and a property without a setter are worked"
        " out, a `ClassVar` belongs to the class, a method is code."
    ),
)
FROZEN_ASSIGNMENT = Rule(
    "SM318",
    "frozen-assignment",
    "error",
    summary="a method assigns to a field that is frozen",
    explanation=(
        "Pydantic refuses the assignment when the method is called. Leave out `frozen=True`, or"
        " make a changed copy: `model_copy(update={...})`."
    ),
)
WRONG_ARGUMENTS = Rule(
    "SM319",
    "wrong-arguments",
    "error",
    summary="something of the project is called with arguments that it does not take",
    explanation="The call fails whenever it is reached. Compare it with the definition.",
)
