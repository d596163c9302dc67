"""Errors as the log has them."""

import traceback
from collections.abc import Callable
from functools import partial

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from starmodel import Field
from starmodel.web.validation.value_errors import WITHHELD, loggable

CANARY = "canary"


class Key(BaseModel):
    teeth: int


def fail() -> None:
    Key.model_validate({"teeth": CANARY})


def logged(error: BaseException) -> str:
    return "".join(traceback.format_exception(loggable(error, {Vault: ["combination"]})))


def test_pydantics_error_is_logged_without_the_input() -> None:
    with pytest.raises(ValidationError) as failure:
        fail()
    assert CANARY in str(failure.value)
    text = logged(failure.value)
    assert CANARY not in text
    assert "Input should be a valid integer" in text
    assert "1 validation error for Key" in text
    assert ", in fail" in text


def fail_again(*, is_cause: bool) -> None:
    try:
        fail()
    except ValidationError as error:
        if is_cause:
            raise RuntimeError("first") from error
        raise RuntimeError("first")  # noqa: B904


@pytest.mark.parametrize("is_cause", [True, False])
def test_one_that_another_came_of_is_logged_so_too(is_cause: bool) -> None:
    with pytest.raises(RuntimeError) as failure:
        fail_again(is_cause=is_cause)
    text = logged(failure.value)
    assert CANARY not in text
    assert "Input should be a valid integer" in text
    assert "RuntimeError: first" in text


class Vault(BaseModel):
    combination: str = Field(default=CANARY, write_only=True)
    label: str = Field(default="private label", private=True)

    def burst(self) -> None:
        raise KeyError(f"{self.combination} burst")

    def tell(self) -> None:
        raise ValueError(self.label)


def compare(given: SecretStr) -> None:
    raise ValueError(given.get_secret_value())


@pytest.mark.parametrize(
    "fails", [Vault().burst, partial(compare, SecretStr(CANARY))], ids=["write-only", "secret"]
)
def test_a_text_with_a_secret_is_not_logged(fails: Callable[[], None]) -> None:
    with pytest.raises(Exception, match=CANARY) as failure:
        fails()
    text = logged(failure.value)
    assert CANARY not in text
    assert f"\n{type(failure.value).__name__}: {WITHHELD}" in text
    assert f", in {failure.traceback[-1].name}" in text


def test_what_is_private_is_for_the_log() -> None:
    with pytest.raises(ValueError, match="private label") as failure:
        Vault().tell()
    assert "ValueError: private label" in logged(failure.value)


def test_any_other_error_is_logged_as_it_is() -> None:
    error = ValueError("as it is")
    assert loggable(error, {}) is error


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def test_an_error_without_a_text_is_logged_as_well() -> None:
    error = Mute()
    assert loggable(error, {}) is error
