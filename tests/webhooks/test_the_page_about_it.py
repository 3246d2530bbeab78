"""docs/webhooks.md: what it gives receivers to check signatures with accepts ours and nothing else."""

import re
import time
from typing import Any

from tests.architecture.source_tree import ROOT
from webhooks import signing

SALT = "0123456789abcdef"


def test_the_function_that_is_printed_knows_our_calls() -> None:
    printed = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)[0]
    known: dict[str, Any] = {}
    exec(printed, known)
    is_ours, secret, now = known["is_ours"], signing.secret_of(SALT), int(time.time())
    headers = signing.headers(SALT, message_id="5e0d", timestamp=now, body=b"{}")
    old = signing.headers(SALT, message_id="5e0d", timestamp=now - 3600, body=b"{}")

    assert is_ours(secret, headers, b"{}")
    assert not is_ours(secret, headers, b"{ }")
    assert not is_ours(secret, {**headers, "webhook-id": "5e0e"}, b"{}")
    assert not is_ours(signing.secret_of("other"), headers, b"{}")
    assert not is_ours(secret, old, b"{}")
