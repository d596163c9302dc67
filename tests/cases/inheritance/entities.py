import starmodel as sm

from .mixins import *
from .mixins import Touched as Base


class Animal(Base, Named, sm.Entity):
    """Any animal."""

    model_config = {"ttl": 5, "namespace": "pet"}

    legs: int = 4


class Dog(Animal):
    """Barks."""

    model_config = sm.EntityConfig(namespace="dog")

    legs: int = 3
    barks: int = 0

    @sm.event
    def bark(self, times: int = 1) -> None:
        self.barks += times
