import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.guard import bare, guarded


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-1+1", "@x", "\t=1", " =1", "\x00=1", "\ufeff=1", "\uff1d1", "'=1"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-5", "+1.25", "-3,5", "-7%", "plain", "'plain", "a=b"])
def test_what_is_harmless_stays(text: str) -> None:
    assert guarded(text) == text
    assert bare(text) == text


@given(st.text(alphabet="'=+-@\t \x00ab1.,%\uff1d"))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert bare(guarded(text)) == text
