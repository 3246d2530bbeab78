"""What is true of every item that may be stored.

Runs on each row of a file, tens of thousands a second: plain checks, and words only once something is wrong.
"""

from typing import Any

from annotation.imports.canonical import marks
from annotation.imports.canonical.label_checks import check_labels
from annotation.imports.canonical.shapes import CanonicalItem, CanonicalResponse, MediaRef, Message, Refused
from annotation.imports.canonical.storable import object_fault, text_fault
from annotation.imports.canonical.turn_checks import MORE_THAN_WORDS, part_fault
from annotation.imports.canonical.wording import describe, letter, quoted
from annotation.kinds import SettingsRefused, rubric_criteria

ROLES = frozenset({"system", "user", "assistant", "tool"})
PROMPT = -1
MOST_MESSAGES = 256
MOST_RESPONSES = 16
MOST_TAGS = 32
LONGEST_TAG = 60
LONGEST_KEY = 200
LONGEST_LANGUAGE = 35
LONGEST_PRINCIPLE = 20_000
IDENTICAL_RESPONSES = "identical-responses"
EMPTY_RESPONSE = "empty-response"


def validate(item: CanonicalItem) -> None:
    """Raise `Refused` with a sentence unless the item may be stored. Adds the tags that warn its readers.

    Two responses with the same text are accepted under the tag `identical-responses`, an empty one under
    `empty-response` where the adapter allows it.
    """
    _check_prompt(item.messages)
    _check_responses(item)
    _check_names(item)
    if item.tags:
        _check_tags(item.tags)
    if item.source:
        _check_plain_object(item.source, "The source")
    if item.rubric:
        _check_rubric(item)
    if item.labels:
        check_labels(item)
    tag_identical(item)


def _check_prompt(messages: list[Message]) -> None:
    if _is_blank(messages, PROMPT):
        raise Refused("The prompt is empty.")


def _check_responses(item: CanonicalItem) -> None:
    if not item.responses:
        raise Refused("There is no response.")
    if len(item.responses) > MOST_RESPONSES:
        raise Refused(f"There are {len(item.responses)} responses; {MOST_RESPONSES} is the limit.")
    for index, response in enumerate(item.responses):
        if not response.messages:
            raise Refused(f"Response {letter(index)} has no messages.")
        if _is_blank(response.messages, index):
            _admit_empty(item, index)
        if response.model is not None or response.key is not None:
            _check_response_names(response, index)
        if response.params or response.steps is not None:
            _check_response_objects(response, index)


def _is_blank(messages: list[Message], owner: int) -> bool:
    """Check turns, and say whether nothing is said in them: in a response, by its assistant.

    The owner is a response's index, or the prompt.
    """
    if len(messages) > MOST_MESSAGES:
        raise Refused(f"{_part(owner)} has {len(messages)} messages; {MOST_MESSAGES} is the limit.")
    is_blank = True
    for position, message in enumerate(messages, start=1):
        content = message["content"]
        fault = text_fault(content)
        if fault:
            raise Refused(f"{_part(owner, position if len(messages) > 1 else None)} {fault}.")
        if type(message["role"]) is not str or message["role"] not in ROLES:
            raise Refused(f"{_part(owner, position)} has the role {_role(message)}.")
        if len(message) > MORE_THAN_WORDS:
            fault = part_fault(message)
            if fault:
                raise Refused(f"{_part(owner, position)} {fault}.")
        is_heard = owner == PROMPT or message["role"] == "assistant"
        if is_blank and is_heard and ((content and not content.isspace()) or _does_more(message)):
            is_blank = False
    return is_blank


def _does_more(message: Message) -> bool:
    """Whether a turn without words calls a tool or shows something."""
    return len(message) > MORE_THAN_WORDS and bool(message.get("tool_calls") or message.get("media"))


def _part(owner: int, position: int | None = None) -> str:
    if position is not None:
        return f"Message {position} of {'the prompt' if owner == PROMPT else 'response ' + letter(owner)}"
    return "The prompt" if owner == PROMPT else f"Response {letter(owner)}"


def _role(message: Message) -> str:
    role: object = message["role"]
    return quoted(role) if isinstance(role, str) else describe(role)


def _admit_empty(item: CanonicalItem, index: int) -> None:
    if not item.allows_empty:
        raise Refused(f"Response {letter(index)} is empty.")
    if EMPTY_RESPONSE not in item.tags:
        item.tags.append(EMPTY_RESPONSE)


def _check_response_names(response: CanonicalResponse, index: int) -> None:
    for value, name in ((response.model, "model"), (response.key, "key")):
        if value is not None:
            _check_name(value, f"The {name} of response {letter(index)}", LONGEST_KEY)


def _check_response_objects(response: CanonicalResponse, index: int) -> None:
    if response.params:
        _check_plain_object(response.params, f"The params of response {letter(index)}")
    if response.steps is not None:
        fault = marks.cut_fault(response.steps, marks.text_of(response))
        if fault:
            raise Refused(f"The steps of response {letter(index)} {fault}.")


def _check_names(item: CanonicalItem) -> None:
    if item.key is not None:
        _check_name(item.key, "The key", LONGEST_KEY)
    if item.group is not None:
        _check_name(item.group, "The group", LONGEST_KEY)
    if item.language is not None:
        _check_name(item.language, "The language", LONGEST_LANGUAGE)
    if item.principle is not None:
        _check_name(item.principle, "The principle", LONGEST_PRINCIPLE)


def _check_name(value: str, name: str, longest: int) -> None:
    fault = text_fault(value, longest)
    if fault:
        raise Refused(f"{name} {fault}.")
    if not value:
        raise Refused(f"{name} is empty.")


def _check_tags(tags: list[str]) -> None:
    if len(tags) > MOST_TAGS:
        raise Refused(f"There are {len(tags)} tags; {MOST_TAGS} is the limit.")
    for tag in tags:
        _check_name(tag, "A tag", LONGEST_TAG)


def _check_plain_object(value: dict[str, Any], name: str) -> None:
    fault = object_fault(value)
    if fault:
        raise Refused(f"{name} {fault}.")


def _check_rubric(item: CanonicalItem) -> None:
    try:
        item.rubric = rubric_criteria.checked(item.rubric)
    except SettingsRefused as refused:
        raise Refused(f"The rubric cannot be used. {refused}") from None
    _check_plain_object({"criteria": item.rubric}, "The rubric")


def tag_identical(item: CanonicalItem) -> None:
    """Tag responses that say the same. Files are the same where their digests are, whatever they are called."""
    said = [_said(response) for response in item.responses]
    if any(one == two for n, one in enumerate(said) for two in said[:n]) and IDENTICAL_RESPONSES not in item.tags:
        item.tags.append(IDENTICAL_RESPONSES)


def _said(response: CanonicalResponse) -> Any:
    if all("media" not in message for message in response.messages):
        return response.messages
    return [{**message, "media": [_source(one) for one in message.get("media", ())]} for message in response.messages]


def _source(one: MediaRef) -> Any:
    return one.get("sha256") or one.get("path") or one.get("spilled")
