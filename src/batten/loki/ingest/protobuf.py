"""A push as Loki's clients send it: protobuf in a snappy block.

Lines are declared as bytes although they are text: protobuf would refuse a whole push for one line
that is not UTF-8, and Loki takes it.
"""

from typing import Any

import cramjam
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from batten.loki.ingest.errors import PushError
from batten.loki.ingest.received import Received

SECOND = 10**9
KINDS = FieldDescriptorProto
FIELDS = {
    "Timestamp": [("seconds", 1, "int64"), ("nanos", 2, "int32")],
    "Pair": [("name", 1, "string"), ("value", 2, "string")],
    "Entry": [("timestamp", 1, "Timestamp"), ("line", 2, "bytes"), ("metadata", 3, "[Pair]")],
    "Stream": [("labels", 1, "string"), ("entries", 2, "[Entry]")],
    "Push": [("streams", 1, "[Stream]")],
}


def _message(name: str) -> DescriptorProto:
    message = DescriptorProto(name=name)
    for field, number, kind in FIELDS[name]:
        inner = kind.strip("[]")
        label = KINDS.LABEL_REPEATED if kind != inner else KINDS.LABEL_OPTIONAL
        if inner in FIELDS:
            message.field.add(
                name=field, number=number, label=label, type=KINDS.TYPE_MESSAGE, type_name=inner
            )
        else:
            scalar = KINDS.Type.Value(f"TYPE_{inner.upper()}")
            message.field.add(name=field, number=number, label=label, type=scalar)
    return message


def _push_class() -> Any:  # noqa: ANN401 - the class is made at run time
    file = FileDescriptorProto(name="push.proto", syntax="proto3")
    file.message_type.extend(_message(name) for name in FIELDS)
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("Push"))


Push = _push_class()


def decode(body: bytes, max_bytes: int) -> list[Received]:
    """Decode a body; one that is no snappy, no push or too large is a `PushError`."""
    push = Push()
    try:
        push.ParseFromString(_unpacked(body, max_bytes))
    except DecodeError as error:
        raise PushError("the body holds no Loki push: unexpected EOF or no protobuf") from error
    return [_received(stream) for stream in push.streams]


def _unpacked(body: bytes, max_bytes: int) -> bytes:
    try:
        length = cramjam.snappy.decompress_raw_len(body)
        if length <= max_bytes:
            return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise PushError("snappy: corrupt input") from error
    raise PushError(f"request body too large: {length} bytes, limit: {max_bytes} bytes", 413)


def _received(stream: Any) -> Received:  # noqa: ANN401 - see `_push_class`
    entries = stream.entries
    times = [entry.timestamp for entry in entries]
    metadata = [entry.metadata for entry in entries]
    return Received(
        stream.labels,
        [time.seconds * SECOND + time.nanos for time in times],
        [entry.line for entry in entries],
        [[(pair.name, pair.value) for pair in pairs] or None for pairs in metadata]
        if any(metadata)
        else None,
    )
