"""Frappe joins all scripts of a form into one: a name that two of them declare leaves the form blank."""

import re
from collections import Counter
from pathlib import Path

import pytest

from support_retainer import hooks
from support_retainer.domain.warranty import Change, Reproduction

APP = Path(hooks.__file__).parent
DECLARED = re.compile(r"^(?:async )?(?:function|const|let|class) +(\w+)", re.MULTILINE)


def scripts_of(doctype: str) -> list[Path]:
    listed = hooks.doctype_js[doctype]
    folder = doctype.lower().replace(" ", "_")
    own = APP / "retainer" / "doctype" / folder / f"{folder}.js"
    return [
        *(APP / name for name in ([listed] if isinstance(listed, str) else listed)),
        *([own] if own.exists() else []),
    ]


@pytest.mark.parametrize("doctype", hooks.doctype_js)
def test_no_two_scripts_of_a_form_declare_the_same_name(doctype):
    names = Counter(name for script in scripts_of(doctype) for name in DECLARED.findall(script.read_text()))
    assert [name for name, times in names.items() if times > 1] == []


def test_the_triage_explains_each_answer_that_can_be_given():
    script = (APP / "public/js/warranty_claim.js").read_text()
    meanings = script.partition("const MEANING = {")[2].partition("};")[0]
    explained = re.findall(r'^ {12}"?([^":]+)"?: \(\) =>', meanings, re.MULTILINE)
    assert explained == [answer.value for answer in (*Reproduction, *Change)]
