"""What a checkpoint may say to its backend, checked without loading anything."""

from typing import Any

import pytest

from modelhooks import catalog
from modelhooks.models import Contract
from modelhooks.presets import presets

PRESET = "Skywork/Skywork-Reward-V2-Qwen3-0.6B"


def test_options_are_stored_with_their_defaults() -> None:
    assert catalog.checked("fake", "reward", {}) == {"seed": "", "instructions": ""}
    found = catalog.checked("transformers", "reward", {"folder": "skywork", "preset": PRESET})
    assert found == {"folder": "skywork", "preset": PRESET, "dtype": "auto"}


@pytest.mark.parametrize(
    ("backend", "contract", "options", "sentence"),
    [
        ("nothing", "reward", {}, "There is no backend “nothing”. Known are "),
        ("fake", "nonsense", {}, "cannot be asked that"),
        ("fake", "reward", {"url": "http://a"}, "url: Extra inputs are not permitted."),
        ("transformers", "reward", {"folder": "../secrets"}, "folder: String should match pattern"),
        ("transformers", "reward", {"folder": ".hidden"}, "folder: String should match pattern"),
        ("transformers", "reward", {"folder": "a/b"}, "folder: String should match pattern"),
        ("transformers", "reward", {"folder": "a", "preset": "no/such"}, "there is no such preset"),
        ("transformers", "steps", {"folder": "a", "preset": PRESET}, "it answers “reward”, not “steps”."),
        ("reference", "likeness", {"measure": "rouge"}, "measure: Input should be"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    backend: str, contract: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(catalog.OptionsRefused) as refused:
        catalog.checked(backend, contract, options)

    assert sentence in str(refused.value)


def test_every_preset_answers_a_contract_that_its_backend_knows() -> None:
    found = {name: catalog.contract_of(spec) for name, spec in presets().items()}

    assert set(found.values()) == {"reward", "attributes", "steps", "preference"}
    assert found["Qwen/Qwen2.5-Math-PRM-7B"] == "steps"
    assert found["RLHFlow/ArmoRM-Llama3-8B-v0.1"] == "attributes"
    assert found["RLHFlow/pair-preference-model-LLaMA3-8B"] == "preference"


def test_contracts_of_backends_are_those_that_are_stored() -> None:
    assert {one for backend in catalog.BACKENDS.values() for one in backend.contracts} <= set(Contract.values)
