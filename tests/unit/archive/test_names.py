"""Whatever a client called a file, its name in the archive can be unpacked and leads nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_retainer.archive.names import Names, UnsafeName, refuse_unsafe, safe_part


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("..", "_"),
        ("", "_"),
        ("a\\b:c?.txt", "a_b_c_.txt"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("trailing. . ", "trailing"),
        ("تقرير المبيعات.pdf", "تقرير المبيعات.pdf"),
        ("line\nbreak\x00", "line_break_"),
        ("broken\udcff", "broken�"),
    ],
)
def test_a_name_is_made_harmless(name, safe):
    assert safe_part(name) == safe or safe_part(name) == safe.replace("�", "?")


def test_a_name_of_255_bytes_is_shortened_and_keeps_its_ending():
    long = "ü" * 125 + ".jpeg"

    made = safe_part(long)

    assert len(long.encode()) == 255
    assert len(made.encode()) <= 200
    assert made.endswith(".jpeg")
    assert made != safe_part("ü" * 124 + "x.jpeg")


def test_two_files_that_would_have_one_name_keep_two():
    names = Names()

    made = [names.member("files", name) for name in ("a?.txt", "a*.txt", "A_.TXT")]

    assert len({name.casefold() for name in made}) == 3


@given(st.lists(st.text(max_size=300), min_size=1, max_size=3))
def test_no_name_leads_out(parts):
    assert ".." not in Names().member("files", *parts).split("/")


@pytest.mark.parametrize("member", ["/etc/passwd", "../x", "a/../x", "a//b", "C:/x", "a\\b", "", "a\nb", "./a"])
def test_a_member_that_leads_out_is_refused(member):
    with pytest.raises(UnsafeName):
        refuse_unsafe(member)
