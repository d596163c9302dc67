"""The base of everything an author writes."""

from typing import TYPE_CHECKING, Annotated, ClassVar, dataclass_transform

from pydantic import BaseModel, PrivateAttr, StringConstraints
from pydantic import Field as PydanticField

from starmodel.domain.entity_config import EntityConfig
from starmodel.domain.field import Field
from starmodel.domain.ids import new_id

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass

    # Type checkers learn from the metaclass alone which functions describe a field.
    @dataclass_transform(kw_only_default=True, field_specifiers=(Field, PydanticField, PrivateAttr))
    class EntityMetaclass(ModelMetaclass):
        """Pydantic's own; this class exists for type checkers only."""

else:
    EntityMetaclass = type(BaseModel)


# What a class says of its texts in `model_config` (`str_max_length`) is not said of its id.
_AS_IT_IS = StringConstraints(
    strip_whitespace=False, to_upper=False, to_lower=False, min_length=0, max_length=2**31
)


class Entity(BaseModel, metaclass=EntityMetaclass):
    """State with behaviour: fields, and events that change them.

    An entity is a plain pydantic model. It can be built, called and tested with no server and
    no store around it. Numbers that are not finite are refused, because JSON has none; say
    `allow_inf_nan=True` in `model_config` where they are needed.
    """

    model_config: ClassVar[EntityConfig] = EntityConfig(allow_inf_nan=False)  # pyright: ignore

    id: Annotated[str, _AS_IT_IS] = Field(default_factory=new_id)
    """A unique string that sorts by creation. A class may declare an `id` of its own."""
