"""GitHub's rules for issue forms, as far as ours uses them.

https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
"""

from __future__ import annotations

import re
from typing import Any

_TOP = {"name", "description", "body", "assignees", "labels", "title", "type", "projects"}
_ATTRIBUTES = {
    "markdown": {"value"},
    "textarea": {"label", "description", "placeholder", "value", "render"},
    "input": {"label", "description", "placeholder", "value"},
}


def check_form(form: Any) -> None:
    """Fail with what GitHub would refuse."""
    assert isinstance(form, dict)
    assert set(form) <= _TOP
    assert all(isinstance(form[k], str) and len(form[k]) > 3 for k in ("name", "description"))
    assert all(isinstance(label, str) and label for label in form["labels"])
    assert len(form["description"]) <= 200
    ids, labels, fields = [], [], 0
    for element in form["body"]:
        assert set(element) <= {"type", "id", "attributes", "validations"}
        assert set(element["attributes"]) <= _ATTRIBUTES[element["type"]]
        assert all(isinstance(v, str) and v for v in element["attributes"].values())
        assert set(element.get("validations", {})) <= {"required"}
        if element["type"] == "markdown":
            assert "id" not in element
            continue
        fields += 1
        ids.append(element["id"])
        labels.append(element["attributes"]["label"])
    assert fields, "a form needs a field"
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", i) for i in ids)
    assert len(set(ids)) == len(ids)
    assert len(set(labels)) == len(labels)
