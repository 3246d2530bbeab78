"""ultrafeedback_binarized: a prompt as text, and two whole conversations with the score of each."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import is_conversation, messages_of, turns_in_common, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe

COLUMNS = frozenset({"prompt", "prompt_id", "chosen", "rejected", "messages", "score_chosen", "score_rejected"})
MODELS = (("chosen_model", "rejected_model"), ("chosen-model", "rejected-model"), ("model_chosen", "model_rejected"))
NAMES = COLUMNS | {name for pair in MODELS for name in pair}


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "ultrafeedback")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "chosen", "rejected")
        chosen, rejected = messages_of(row["chosen"], "Chosen"), messages_of(row["rejected"], "Rejected")
        prompt, endings = _split(row["prompt"], chosen, rejected)
        models = _models(row)
        return CanonicalItem(
            messages=prompt,
            responses=[
                CanonicalResponse(messages=turns, model=model) for turns, model in zip(endings, models, strict=True)
            ],
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, NAMES),
            labels=[_label(annotator, row.get("score_chosen"), row.get("score_rejected"))],
        )

    return convert


def _split(
    prompt: Any, chosen: list[Message], rejected: list[Message]
) -> tuple[list[Message], tuple[list[Message], list[Message]]]:
    """The shared turns are the prompt. Lists of the answer alone take theirs from the prompt column."""
    if len(chosen) == len(rejected) == 1:
        return user(prompt), (chosen, rejected)
    if not chosen or chosen[:-1] != rejected[:-1]:
        shared = turns_in_common(chosen, rejected)
        raise Refused(f"The two conversations differ at turn {shared + 1}, before their last turn.")
    return chosen[:-1], (chosen[-1:], rejected[-1:])


def _models(row: Row) -> tuple[Any, Any]:
    for chosen, rejected in MODELS:
        if row.get(chosen) or row.get(rejected):
            return row.get(chosen), row.get(rejected)
    return None, None


def _label(annotator: str, chosen: Any, rejected: Any) -> CanonicalLabel:
    """Equal scores are a tie, whatever column the texts stand in."""
    scores = {}
    for name, score in (("score_chosen", chosen), ("score_rejected", rejected)):
        if score is not None:
            if type(score) not in (int, float):
                raise Refused(f"The {name} is {describe(score)}, not a number.")
            scores[name] = score
    if len(scores) == 2 and chosen < rejected:
        raise Refused(f"The score_chosen {chosen} is below the score_rejected {rejected}.")
    winner = "tie" if len(scores) == 2 and chosen == rejected else "a"
    answer = {"winner": winner, "strength": None}
    return CanonicalLabel(annotator=annotator, kind="preference", answer=answer, source=scores)


def sniff(columns: Mapping[str, object]) -> Fit:
    texts_and_lists = isinstance(columns.get("prompt"), str) and all(
        is_conversation(columns.get(name)) for name in ("chosen", "rejected")
    )
    return Fit(0.95, "prompt is text, chosen and rejected are conversations") if texts_and_lists else NO_FIT


ADAPTER = Adapter(
    name="ultrafeedback_binarized",
    title="ultrafeedback_binarized",
    example=(
        '{"prompt": "Name a fruit.", "prompt_id": "p1", "chosen": [{"role": "user", "content": "Name a fruit."}, '
        '{"role": "assistant", "content": "An apple."}], "rejected": [{"role": "user", "content": "Name a fruit."}, '
        '{"role": "assistant", "content": "A stone."}], "score_chosen": 8.0, "score_rejected": 3.5}'
    ),
    sniff=sniff,
    converter=converter,
)
