"""A clinic: records that a policy hides from most, and others that refer to them."""

from pathlib import Path

from crud_project import CrudProject

ENTITIES = '''
from typing import ClassVar, Literal

from pydantic import BaseModel

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    StateStore,
    UnitOfWork,
    event,
)


def may_see(actor: Actor, patient: "Patient") -> bool:
    if patient.name == "breaks":
        raise RuntimeError("the policy of a canary")
    return actor.id in (patient.owner, "doctor")


def may_see_ward(actor: Actor, ward: "Ward") -> bool:
    return actor.id == ward.head


def is_doctor(actor: Actor, patient: "Patient") -> bool:
    return actor.id == "doctor"


class Key(BaseModel):
    number: str = ""
    code: str = Field(default="", private=True)


class Address(BaseModel):
    street: str = ""
    keys: list[Key] = Field(default_factory=list[Key])


class Patient(Entity):
    """Somebody whom only his owner and the doctor know."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=may_see, crud=True)

    name: str = Field(min_length=1, max_length=80, index=True)
    owner: str
    visits: int = 0
    pin: str = Field(default="", private=True)
    seal: bytes = Field(default=b"", private=True)
    grade: int = Field(default=0, private=True)
    visited: ClassVar[Many["Visit", Literal["patient"]]]

    @event
    def come(self) -> None:
        """Come once more."""
        self.visits += 1

    @event
    def change_pin(self, old_pin: str, pin: str, password: str = "", reason: str = "") -> None:
        """Take another pin."""
        self.pin = pin

    @event
    def stamp(self, seal: bytes, grade: int = 0, size: int = 0) -> None:
        """Take another seal."""
        self.seal, self.grade = seal, grade

    @event
    def house(
        self,
        address: Address | None = None,
        others: list[Address] | None = None,
        by_name: dict[str, Address] | None = None,
        street: str = "",
    ) -> None:
        """Live somewhere."""
        self.visits += 1

    @event(access=is_doctor)
    def discharge(self) -> None:
        """Leave for good."""
        self.visits = 0

    @event(access=Access.PUBLIC)
    def knock(self) -> None:
        """Ask for nothing."""

    @event
    def move(self, other: "Patient") -> None:
        """Take the place of another."""
        other.visits += 1


class Ward(Entity):
    """Where patients are, which its head alone knows."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=may_see_ward, crud=True)

    name: str
    head: str


class Drug(Entity):
    """Is for those who are known."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud=True
    )

    name: str


class Visit(Entity):
    """Anybody may see, and make, and change."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str = ""
    patient: Ref[Patient] | None = None
    others: list[Ref[Patient]] = Field(default_factory=list[Ref[Patient]])
    drug: Ref[Drug] | None = None
    ward_id: str | None = Field(default=None, foreign_key="ward.id")

    @event
    def give(self, patient: Ref[Patient]) -> None:
        """Give it to another."""
        self.patient = patient

    @event
    def look(self, other: Ref[Patient]) -> str:
        """Take a reference and store nothing."""
        self.title = "looked"
        return "there"

    @event
    async def tell(self, others: list[Ref[Patient]], work: UnitOfWork) -> int:
        """Load all of them."""
        found = [await other.load() for other in others]
        self.title = f"{len(found)} told"
        return len(found)


class Chart(Entity):
    """One for each patient; it goes along with him."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    patient: Ref[Patient] = Field(on_delete="cascade")
    text: str = ""
'''
IDENTIFY = """
from http.cookies import SimpleCookie

from starmodel import Actor
from starmodel.domain import ANONYMOUS
from starmodel.web import Request


def identify(request: Request) -> Actor:
    cookies = SimpleCookie(request.headers.get(b"cookie", b"").decode())
    return Actor(cookies["actor"].value) if "actor" in cookies else ANONYMOUS
"""


class Clinic(CrudProject):
    """The project; who sends a request is said by the cookie `actor`."""

    def __init__(self, folder: Path, package: str = "clinic", url: str = "") -> None:
        super().__init__(folder, package, url, ENTITIES)

    def make(self, *, migrated: bool = True) -> None:
        """Write it, generate its code and its first migration, and make its tables."""
        super().make(migrated=migrated)
        self.shop.write(f"{self.package}/identity.py", IDENTIFY)
