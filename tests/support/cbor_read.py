# SPDX-License-Identifier: MIT
"""cbor_read: reads the records of a database (core/base/record.h: canonical CBOR), for tests that look into it."""
import struct


def _head(data, at):
    """The major type, the number in the head, and where the content begins."""
    first = data[at]
    major, small = first >> 5, first & 31
    if small < 24:
        return major, small, at + 1
    size = 1 << (small - 24)
    return major, int.from_bytes(data[at + 1:at + 1 + size], "big"), at + 1 + size


def _read(data, at):
    if data[at] == 0xfb:
        return struct.unpack(">d", data[at + 1:at + 9])[0], at + 9
    if data[at] in (0xf4, 0xf5, 0xf6):
        return {0xf4: False, 0xf5: True, 0xf6: None}[data[at]], at + 1
    major, number, at = _head(data, at)
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        content = data[at:at + number]
        return content.decode() if major == 3 else content, at + number
    values = []
    for _ in range(number if major == 4 else 2 * number):
        value, at = _read(data, at)
        values.append(value)
    return values if major == 4 else dict(zip(values[::2], values[1::2])), at


def value(data):
    """The one value that the bytes are."""
    result, end = _read(data, 0)
    if end != len(data):
        raise ValueError("%d bytes are left over" % (len(data) - end))
    return result
