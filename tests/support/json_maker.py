"""Values as a public state may have them, of any type, at random."""

import json
from random import Random

from random_schemas import hostile_text

from starmodel_generator.emission.context import Context
from starmodel_schemas import TypeRef


class JsonMaker:
    """Makes values as a public state may have them."""

    def __init__(self, random: Random, context: Context) -> None:
        self.random = random
        self.context = context

    def value(self, type_: TypeRef, depth: int = 0) -> object:
        random = self.random
        match type_.kind:
            case "scalar":
                return self.scalar(type_.name)
            case "enum":
                return random.choice(self.context.enums[type_.enum].members).value
            case "literal":
                return random.choice(type_.values)
            case "optional":
                return None if random.random() < 0.5 else self.value(type_.item, depth)
            case "constrained":
                return self.value(type_.item, depth)
            case "list" | "set":
                length = 0 if depth > 3 else random.randint(0, 3)
                return [self.value(type_.item, depth + 1) for _ in range(length)]
            case "tuple":
                return [self.value(item, depth + 1) for item in type_.items if depth < 5]
            case "dict":
                keys = [self.key(type_.key) for _ in range(0 if depth > 3 else 2)]
                return {key: self.value(type_.value, depth + 1) for key in keys}
            case "object":
                fields = self.context.objects[type_.object].fields
                return {
                    field.name: self.value(field.type, depth + 1)
                    for field in fields
                    if not field.private
                }
            case "union":
                return self.value(random.choice(type_.members), depth + 1)
            case _:
                return random.choice([None, True, 1.5, hostile_text(random), {"a": ["b"]}])

    def key(self, type_: TypeRef) -> str:
        """Make a key of a mapping: the text of a value."""
        value = self.value(type_)
        return value if isinstance(value, str) else json.dumps(value)

    def scalar(self, name: str) -> object:
        random = self.random
        match name:
            case "bool":
                return random.random() < 0.5
            case "int":
                return random.randint(-(10**20), 10**20)
            case "float" | "timedelta":
                return random.choice([0.1, -1e21, 5e-324, 3.0])
            case "str":
                return hostile_text(random)
            case "datetime":
                return "2026-03-14T09:30:00+00:00"
            case _:
                return "2026-03-14"
