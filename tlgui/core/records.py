"""Dataclasses to JSON records and back, checked against their type hints."""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_PLAIN: Final = (str, int, float, bool)


def json_text(record: object, indent: int | None = None) -> str:
    """Return a record as JSON that people can read and every file can take."""
    text = json.dumps(record, indent=indent, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a file name that is no Unicode can only be written escaped
        return json.dumps(record, indent=indent)
    return text


def from_record(cls: type[T], record: object) -> T:
    """Return the dataclass that a JSON object describes; unknown fields are ignored.

    Raises:
        ValueError: a required field is missing or a value has the wrong type.
    """
    if not isinstance(record, Mapping):
        raise ValueError(f"{cls.__name__} needs an object, got {record!r:.80}")
    hints = get_type_hints(cls)
    known = {
        name: _value(hints[name], record[name], f"{cls.__name__}.{name}")
        for name in (f.name for f in fields(cls))  # type: ignore[arg-type]
        if name in record
    }
    try:
        return cls(**known)
    except TypeError as error:
        raise ValueError(f"incomplete {cls.__name__}: {error}") from error


def _value(hint: Any, value: object, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, where)
    if origin is tuple:
        return _tuple(get_args(hint), value, where)
    if origin is dict:
        return _dict(get_args(hint)[1], value, where)
    if origin is Literal and value in get_args(hint):
        return value
    if is_dataclass(hint) and isinstance(hint, type):
        return from_record(hint, value)
    return _scalar(hint, value, where)


def _scalar(hint: Any, value: object, where: str) -> Any:
    if hint is float and type(value) is int:
        return float(value)
    if hint in (str, int, float, bool, types.NoneType) and type(value) is hint:
        return value
    raise ValueError(f"{where} cannot be {value!r:.80}")


def _one_of(hints: tuple[Any, ...], value: object, where: str) -> Any:
    for hint in hints:
        try:
            return _value(hint, value, where)
        except ValueError:
            continue
    raise ValueError(f"{where} cannot be {value!r:.80}")


def _tuple(hints: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{where} needs a list, got {value!r:.80}")
    if hints[-1] is Ellipsis:
        if hints[0] in _PLAIN and set(map(type, value)) <= {hints[0]}:
            return tuple(value)  # a confusion matrix of a thousand classes has a million of them
        return tuple(_value(hints[0], item, where) for item in value)
    if len(hints) != len(value):
        raise ValueError(f"{where} needs {len(hints)} values, got {len(value)}")
    return tuple(_value(h, item, where) for h, item in zip(hints, value, strict=True))


def _dict(hint: Any, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where} needs an object, got {value!r:.80}")
    return {str(key): _value(hint, item, where) for key, item in value.items()}
