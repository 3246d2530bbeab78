"""gzip, Zstandard and xz, unpacked as a stream and never further than is reasonable."""

import gzip
import io
import lzma
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard

from annotation.imports.reading import Bomb, Damaged, Limits, TooLarge, Unrecognized, open_rows

SIZE = 80 << 20
"""Beyond what may come out of any file, and no more, so that packing it takes no time."""
LINES = b"".join(b'{"number": %d, "text": "row %d of many"}\n' % (n, n * 7919) for n in range(20_000))

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda content: gzip.compress(content, 6),
    "zst": zstandard.ZstdCompressor(level=3).compress,
    "xz": lambda content: lzma.compress(content, preset=1),
}


def packed_stream(name: str, chunks: Iterator[bytes]) -> bytes:
    """Pack more than fits into memory."""
    packers = {
        "gz": lambda: zlib.compressobj(9, wbits=31),
        "zst": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
        "xz": lambda: lzma.LZMACompressor(preset=1),
    }
    packer = packers[name]()
    return b"".join(packer.compress(chunk) for chunk in chunks) + packer.flush()


@pytest.mark.parametrize("name", PACK)
def test_packed_rows_are_the_plain_ones(read, name):
    plain, packed = read(LINES), read(PACK[name](LINES))

    assert [record[:2] for record in packed] == [record[:2] for record in plain]
    assert {record.offset for record in packed} == {None}


@pytest.mark.parametrize("name", PACK)
def test_several_packed_streams_in_a_row_are_one_file(values, name):
    pack = PACK[name]

    assert len(values(pack(b'{"a": 1}\n') + pack(b"") + pack(b'{"a": 2}\n'))) == 2


def test_zeros_that_pad_a_gzip_file_are_passed_over(values):
    assert values(gzip.compress(b'{"a": 1}\n') + b"\0" * 100_000) == [{"a": 1}]


@pytest.mark.parametrize("name", PACK)
def test_a_file_that_is_cut_short_gives_its_rows_and_then_says_so(name):
    packed = PACK[name](LINES)

    rows = iter(open_rows(io.BytesIO(packed[: len(packed) * 3 // 4])))
    first = [next(rows) for _ in range(5_000)]

    assert first[-1].value["number"] == 4_999
    with pytest.raises(Damaged, match="cut short"):
        list(rows)


@pytest.mark.parametrize("name", PACK)
def test_a_damaged_file_says_so(name):
    packed = bytearray(PACK[name](LINES))
    packed[len(packed) // 2 : len(packed) // 2 + 20] = b"\xa5" * 20

    with pytest.raises(Damaged, match=r"damaged|cut short"):
        list(open_rows(io.BytesIO(bytes(packed))))


@pytest.mark.parametrize("name", PACK)
def test_what_follows_the_packed_data_is_damage(name):
    with pytest.raises(Damaged):
        list(open_rows(io.BytesIO(PACK[name](b'{"a": 1}\n') + b"and more")))


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("unit", [b"\0" * 4096, b"\n" * 4096, b"{}\n" * 4096, b'{"a": 1}\n' * 512])
def test_ab_16_a_bomb_is_refused_within_two_seconds_and_a_hundred_megabytes(name, unit):
    bomb = packed_stream(name, (unit for _ in range(SIZE // len(unit))))
    tracemalloc.start()
    began = time.process_time()

    with pytest.raises(Bomb) as refused:
        for _ in open_rows(io.BytesIO(bomb)):
            pass

    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(refused.value).startswith("The file unpacks to more than 200 times its size")
    assert len(bomb) < SIZE // 400
    assert seconds < 2
    assert peak < 100 << 20


def test_ab_16_forty_kilobytes_that_hold_gigabytes_are_refused():
    one = packed_stream("zst", (b"\0" * (1 << 20) for _ in range(1024)))
    bomb = one * (42_000 // len(one) or 1)

    began = time.process_time()
    with pytest.raises(Bomb):
        list(open_rows(io.BytesIO(bomb)))

    assert time.process_time() - began < 2


def test_a_bomb_behind_honest_rows_is_found_on_the_way():
    packed = gzip.compress(LINES) + packed_stream("gz", (b"x" * (1 << 20) for _ in range(100)))

    rows = iter(open_rows(io.BytesIO(packed), limits=Limits(free=1 << 20)))
    honest = [next(rows) for _ in range(20_000)]

    assert honest[-1].number == 20_000
    with pytest.raises(Bomb):
        next(rows)


def test_a_bomb_of_blank_lines_is_refused_without_counting_them_all():
    with pytest.raises(Bomb, match="more than 1,000,000 blank lines"):
        list(open_rows(io.BytesIO(b'{"a": 1}\n' + b"\n" * 10_000_000)))


def test_a_zstandard_window_beyond_the_limit_is_refused():
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=False)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(LINES) + packer.flush()

    with pytest.raises((Damaged, Unrecognized)):
        list(open_rows(io.BytesIO(packed)))


def test_text_that_compresses_well_is_no_bomb(values):
    repeated = b'{"prompt": "the same question again and again", "number": %d}\n'
    content = b"".join(repeated % n for n in range(50_000))

    assert len(values(gzip.compress(content), limits=Limits(free=1 << 20))) == 50_000


def test_the_total_is_a_limit_for_plain_files_too(values):
    with pytest.raises(TooLarge, match="larger than 100,000 bytes"):
        values(LINES, limits=Limits(total=100_000))


def test_the_number_of_rows_is_a_limit(values):
    with pytest.raises(TooLarge, match="more than 100 rows"):
        values(LINES, limits=Limits(rows=100))


@pytest.mark.parametrize("inner", [PACK["gz"](LINES), PACK["zst"](LINES)])
def test_what_is_packed_twice_is_refused(inner):
    with pytest.raises(Unrecognized, match="compressed twice"):
        open_rows(io.BytesIO(gzip.compress(inner)))


def test_packed_csv_and_arrays_are_read(values):
    assert values(gzip.compress(b"id,prompt\n1,x\n")) == [{"id": "1", "prompt": "x"}]
    assert values(PACK["zst"](b'[{"a": 1}]')) == [{"a": 1}]
