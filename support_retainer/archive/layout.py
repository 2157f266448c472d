"""The frame of a zip archive: each member's own header says what the directory says of it, and every byte belongs.

Python reads an archive by its directory alone and other programs by the headers too, so damage to a header would be
seen by one and not by the other.
"""

import struct
import zipfile
from collections.abc import Iterator
from typing import IO

HEADER = struct.Struct("<4sHHHHHIIIHH")
HEADER_MARK, DIRECTORY_ENTRY, END = b"PK\x03\x04", 46, struct.Struct("<4sHHHHIIH")
LENGTHS_FOLLOW, UTF8 = 0x8, 0x800  # bits of a member's flags
NEWEST, MANY = 63, 0xFFFF  # version of the format; "see the larger record"
ZIP64, ZIP64_END = 1, 56 + 20  # bytes of its record and of what points there
# What follows a member whose lengths were not known before: with or without a mark, with long or short lengths.
TRAILERS = {size: struct.Struct(form) for size, form in ((24, "<4sIQQ"), (16, "<4sIII"), (20, "<IQQ"), (12, "<III"))}
TRAILER_MARK = b"PK\x07\x08"


def problems(archive: zipfile.ZipFile) -> Iterator[str]:
    """A sentence for each member whose frame is damaged, and for the end of the archive."""
    file, members = archive.fp, sorted(archive.infolist(), key=lambda member: member.header_offset)
    ends = [member.header_offset for member in members[1:]] + [archive.start_dir]
    if members and members[0].header_offset:
        yield f"{members[0].filename}: something lies before it"
    for member, end in zip(members, ends, strict=True):
        if not is_framed(file, member, end):  # type: ignore[arg-type]
            yield f"{member.filename}: damaged: its header differs from the directory"
    if not ends_well(file, archive):  # type: ignore[arg-type]
        yield "the directory of the archive is damaged"


def is_framed(file: IO[bytes], member: zipfile.ZipInfo, end: int) -> bool:
    """Header, content and what follows it fill the bytes up to the next member."""
    file.seek(member.header_offset)
    values = file.read(HEADER.size)
    if len(values) < HEADER.size:
        return False
    mark, version, flags, method, time, day, crc, packed, size, name_length, extra_length = HEADER.unpack(values)
    name, extra = file.read(name_length), file.read(extra_length)
    file.seek(file.tell() + member.compress_size)
    trailer = file.read(end - file.tell()) if file.tell() <= end <= file.tell() + max(TRAILERS) else None
    if packed == size == 0xFFFFFFFF:
        packed, size = long_lengths(extra)
    same = (mark, flags, method, (day, time)) == (HEADER_MARK, member.flag_bits, member.compress_type, moment(member))
    written = (crc, packed, size)
    known = written == lengths(member) or (flags & LENGTHS_FOLLOW and written == (0, 0, 0))
    follows = trailer == b"" if not flags & LENGTHS_FOLLOW else is_trailer(trailer, member)
    return bool(same and known and follows and version <= NEWEST and name == name_of(member))


def lengths(member: zipfile.ZipInfo) -> tuple[int, int, int]:
    return member.CRC, member.compress_size, member.file_size


def moment(member: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = member.date_time
    return (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2


def name_of(member: zipfile.ZipInfo) -> bytes:
    return member.orig_filename.encode("utf-8" if member.flag_bits & UTF8 else "cp437")


def long_lengths(extra: bytes) -> tuple[int, int]:
    """(packed, unpacked) of a large member; -1 where they are not there."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == ZIP64 and size == 16 and len(extra) >= 20:
            unpacked, packed = struct.unpack("<QQ", extra[4:20])
            return packed, unpacked
        extra = extra[4 + size :]
    return -1, -1


def is_trailer(trailer: bytes | None, member: zipfile.ZipInfo) -> bool:
    if trailer is None or len(trailer) not in TRAILERS:
        return False
    values = TRAILERS[len(trailer)].unpack(trailer)
    return values in (lengths(member), (TRAILER_MARK, *lengths(member)))


def ends_well(file: IO[bytes], archive: zipfile.ZipFile) -> bool:
    """The directory is as long as its entries, the end says how many there are, and nothing comes after it."""
    members = archive.infolist()
    entries = sum(DIRECTORY_ENTRY + len(name_of(one)) + len(one.extra) + len(one.comment) for one in members)
    file.seek(-END.size, 2)
    begins = file.tell()
    _mark, disk, of_directory, here, count, _size, _offset, comment = END.unpack(file.read(END.size))
    is_long = begins - archive.start_dir - entries == ZIP64_END
    sane = all(one.create_version <= NEWEST and one.extract_version <= NEWEST and not one.volume for one in members)
    counted = (here, count) == (len(members),) * 2 or (is_long and (here, count) == (MANY, MANY))
    length = begins - archive.start_dir - entries in (0, ZIP64_END)
    return sane and counted and length and not (disk or of_directory or comment)
