"""Errors as the log has them."""

import traceback

import pytest
from pydantic import BaseModel, ValidationError

from starmodel.web.validation.value_errors import without_inputs

CANARY = "canary"


class Key(BaseModel):
    teeth: int


def fail() -> None:
    Key.model_validate({"teeth": CANARY})


def logged(error: BaseException) -> str:
    return "".join(traceback.format_exception(without_inputs(error)))


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


def test_any_other_error_is_logged_as_it_is() -> None:
    error = ValueError("as it is")
    assert without_inputs(error) is error
