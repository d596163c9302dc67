"""Column types of row classes, so that `select(ProductRow)` reads what the store has written."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from starmodel.stores.sql.tables.codec import (
    SQLITE,
    check_datetime,
    decode_interval,
    encode_interval,
    exact,
    is_wide,
    scaled,
)


class ExactNumeric(TypeDecorator[Decimal]):
    """A decimal, never rounded; on SQLite a whole number of its unit, or a text with its digits."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale
        self._scaled = scaled(precision, scale)
        self._check = exact(precision, scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database has for it."""
        if dialect.name != "sqlite":
            return dialect.type_descriptor(Numeric(self.precision, self.scale))
        return dialect.type_descriptor(Text() if is_wide(self.precision) else BigInteger())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write it; excess digits are an error."""
        if value is None:
            return None
        encode = self._scaled.encode if dialect.name == "sqlite" else self._check
        assert encode is not None
        return encode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read it."""
        if value is None or dialect.name != "sqlite":
            return value
        assert self._scaled.decode is not None
        return self._scaled.decode(value)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write it in UTC; one without a time zone is an error."""
        if value is None:
            return None
        moment = check_datetime(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read it, in UTC."""
        if value is None:
            return None
        read = SQLITE["datetime"].decode
        assert read is not None
        return read(value.isoformat()) if value.tzinfo is None else check_datetime(value)


class Micros(TypeDecorator[timedelta]):
    """A span of time, as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> Any:
        """Write it."""
        return None if value is None else encode_interval(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        """Read it."""
        return None if value is None else decode_interval(value)


class JSONValue(TypeDecorator[Any]):
    """Whatever JSON can hold: JSONB on PostgreSQL, text on SQLite. `None` is NULL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database has for it."""
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(Text() if is_sqlite else JSONB(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Write it; what cannot be kept on either database is an error."""
        if value is None:
            return None
        encode = SQLITE["json"].encode
        assert encode is not None
        written = encode(value)
        return written if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read it."""
        if value is None or dialect.name != "sqlite":
            return value
        read = SQLITE["json"].decode
        assert read is not None
        return read(value)
