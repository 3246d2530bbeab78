"""A whole row of every layout, as its publisher writes them, and what is true of each layout's rows.

Tests that run over `ADAPTERS` read this table, so a layout that is not in it fails them (test_every_layout.py).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from annotation.imports.adapters import Row

ASKED: dict[str, Any] = {"role": "user", "content": "Name a fruit."}
APPLE: dict[str, Any] = {"role": "assistant", "content": "An apple."}
STONE: dict[str, Any] = {"role": "assistant", "content": "A stone."}
SUM = "What is 2 + 3 + 4?"
PAIR = {"chosen": "Response a", "rejected": "Response b"}
ATTRIBUTES = {"helpfulness": 4, "correctness": 4, "coherence": 3, "complexity": 0, "verbosity": 1}


@dataclass(frozen=True)
class Layout:
    """A row, the columns without which it is refused, and what a refusal calls a field other than by its name."""

    written: Row
    needs: tuple[str, ...]
    called: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    silences: tuple[str, ...] = ()
    """Fields that may say that a label does not count."""

    @property
    def row(self) -> Row:
        """The row as a file holds it: no two places share an object."""
        found: Row = json.loads(json.dumps(self.written))
        return found

    def words_for(self, name: str) -> tuple[str, ...]:
        """What a sentence about a field may call it."""
        called = self.called.get(name, ())
        return (name, name.replace("_", " "), *((called,) if isinstance(called, str) else called))


LAYOUTS = {
    "goldpan": Layout(
        {
            "key": "fruit-1",
            "prompt": [{"role": "system", "content": "Be brief."}, ASKED],
            "responses": [
                {"text": "An apple.", "model": "m1", "params": {"temperature": 0.7}, "key": "r1"},
                {"messages": [STONE], "steps": [{"start": 0, "end": 8}]},
            ],
            "group": "fruit",
            "tags": ["short"],
            "language": "en",
            "principle": "Truth above all.",
            "rubric": ["[hard] fruit: Names a fruit", {"title": "Brief", "scale": 3, "anchors": ["no", "so", "yes"]}],
            "source": {"dataset": "ours"},
            "labels": [
                {
                    "annotator": "ana",
                    "kind": "preference",
                    "answer": {"winner": "a", "strength": 2},
                    "seconds": 12.5,
                    "rationale": "A stone is no fruit.",
                    "source": {"signal": "pick", "weight": 0.5},
                }
            ],
        },
        needs=("prompt", "responses"),
        called={
            "prompt": "of the prompt",
            "responses": ("Response ", "no response"),
            "labels": "Label 1",
            "tags": "A tag",
            "rubric": "The rubric",
            "answer": "winner",
            "text": "Response a",
            "steps": "steps of response b",
        },
    ),
    "hh_rlhf": Layout(
        {
            "chosen": "\n\nHuman: Hi.\n\nAssistant: Hello.\n\nHuman: Name a fruit.\n\nAssistant: An apple.",
            "rejected": "\n\nHuman: Hi.\n\nAssistant: Hello.\n\nHuman: Name a fruit.\n\nAssistant: A stone.",
        },
        needs=("chosen", "rejected"),
    ),
    "ultrafeedback_binarized": Layout(
        {
            "prompt": "Name a fruit.",
            "prompt_id": "p1",
            "chosen": [ASKED, APPLE],
            "rejected": [ASKED, STONE],
            "messages": [ASKED, APPLE],
            "score_chosen": 8.0,
            "score_rejected": 3.5,
            "chosen_model": "m1",
            "rejected_model": "m2",
        },
        needs=("prompt", "chosen", "rejected"),
        called={
            "chosen": ("two conversations", "Response a"),
            "rejected": ("two conversations", "Response b"),
            "chosen_model": "model of response a",
            "rejected_model": "model of response b",
            "prompt_id": "The group",
        },
    ),
    "trl_explicit": Layout(
        {
            "prompt": [ASKED],
            "chosen": [APPLE],
            "rejected": [STONE],
            "pair_id": "k1",
            "prompt_id": "g1",
            "margin": 0.5,
        },
        needs=("prompt", "chosen", "rejected"),
        called={**PAIR, "pair_id": "The key", "prompt_id": "The group"},
    ),
    "trl_implicit": Layout(
        {"chosen": [ASKED, APPLE], "rejected": [ASKED, STONE], "pair_id": "k1", "prompt_id": "g1", "margin": 0.5},
        needs=("chosen", "rejected"),
        called={**PAIR, "pair_id": "The key", "prompt_id": "The group"},
    ),
    "helpsteer2_preference": Layout(
        {
            "split": "train",
            "prompt": "Hi.\n<extra_id_1>Assistant\nHello.\n<extra_id_1>User\nName a fruit.",
            "response_1": "An apple.",
            "response_2": "A stone.",
            "preference_strength": -2,
            "preference_statement": "Response 1 is better.",
            "preference_elaboration": "A stone is no fruit.",
            "three_most_similar_preferences": [{"statement": "1 is better.", "elaboration": "So.", "strength": -2}],
            "all_preferences_unprocessed": [{"strength": -2, "justification": "A stone is no fruit."}],
        },
        needs=("prompt", "response_1", "response_2", "preference_strength"),
        called={
            "response_1": "Response a",
            "response_2": "Response b",
            "preference_statement": "The rationale",
            "preference_elaboration": "The rationale",
        },
    ),
    "prm800k": Layout(
        {
            "labeler": "l1",
            "timestamp": "2023-01-22T04:34:27.052924",
            "generation": 7,
            "is_quality_control_question": False,
            "is_initial_screening_question": False,
            "question": {
                "problem": SUM,
                "ground_truth_solution": "It is 9.",
                "ground_truth_answer": "9",
                "pre_generated_steps": ["2 + 3 is 5.", "5 + 4 is 8."],
                "pre_generated_answer": "8",
                "pre_generated_verifier_score": 0.5,
            },
            "label": {
                "steps": [
                    {
                        "completions": [{"text": "2 + 3 is 5.", "rating": 1, "flagged": None}],
                        "human_completion": None,
                        "chosen_completion": 0,
                    },
                    {
                        "completions": [
                            {"text": "5 + 4 is 8.", "rating": -1, "flagged": None},
                            {"text": "5 + 4 is 9.", "rating": 1, "flagged": None},
                        ],
                        "human_completion": None,
                        "chosen_completion": 1,
                    },
                ],
                "total_time": 12000,
                "finish_reason": "solution",
            },
        },
        needs=("question", "label"),
        called={
            "problem": "The prompt",
            "labeler": ("The annotator", "The key"),
            "ground_truth_answer": "reference",
            "text": "Response a",
            "human_completion": "an answer that",
            "timestamp": "The key",
            "completions": ("ompletion", "an answer that"),
            "question": "problem",
            "label": "steps",
        },
    ),
    "math_shepherd": Layout(
        {
            "input": f"{SUM} Step 1: 2 + 3 is 5. ки\nStep 2: 5 + 4 is 8. The answer is: 8 ки",
            "label": f"{SUM} Step 1: 2 + 3 is 5. +\nStep 2: 5 + 4 is 8. The answer is: 8 -",
            "task": "GSM8K",
        },
        needs=("input", "label"),
    ),
    "processbench": Layout(
        {
            "id": "gsm8k-0",
            "generator": "m1",
            "problem": SUM,
            "steps": ["2 + 3 is 5.", "5 + 4 is 8."],
            "final_answer_correct": False,
            "label": 1,
        },
        needs=("problem", "steps", "label"),
        called={
            "problem": "The prompt",
            "generator": "The model",
            "steps": ("Response a", "The label"),
            "id": "The key",
        },
    ),
    "prmbench": Layout(
        {
            "idx": "circular_prm_test_p1_0",
            "original_question": SUM,
            "modified_question": SUM,
            "original_process": ["2 + 3 is 5.", "5 + 4 is 9."],
            "modified_process": ["It is 9.", "9 - 4 is 5.", "So it is 9."],
            "modified_steps": [1, 2, 3],
            "error_steps": [1, 3],
            "reason": "Step 1 takes the result for granted.",
            "classification": "circular",
        },
        needs=("modified_question", "modified_process", "error_steps"),
        called={
            "modified_question": "The prompt",
            "modified_process": ("Response a", "error_steps"),
            "reason": "The rationale",
            "idx": "The key",
        },
    ),
    "trl_stepwise": Layout(
        {
            "prompt": SUM,
            "completions": ["2 + 3 is 5.", "5 + 4 is 8."],
            "labels": [True, False],
            "pair_id": "k1",
            "prompt_id": "g1",
        },
        needs=("prompt", "completions", "labels"),
        called={"completions": "Response a", "labels": "Label ", "pair_id": "The key", "prompt_id": "The group"},
    ),
    "ultrafeedback": Layout(
        {
            "source": "sharegpt",
            "instruction": "Name a fruit.",
            "models": ["m1", "m2"],
            "correct_answers": ["None"],
            "incorrect_answers": ["None"],
            "completions": [
                {
                    "model": "m1",
                    "principle": "honesty",
                    "custom_system_prompt": "Be honest.",
                    "response": "An apple.",
                    "annotations": {
                        "honesty": {"Rating": "5", "Rationale": "It is one."},
                        "truthfulness": {
                            "Type": ["None"],
                            "Rationale": "No fault.",
                            "Rating": "4",
                            "Rationale For Rating": "Hence.",
                        },
                    },
                    "overall_score": 7.5,
                },
                {
                    "model": "m2",
                    "principle": "helpfulness",
                    "custom_system_prompt": "Be of help.",
                    "response": "A stone.",
                    "annotations": {
                        "honesty": {"Rating": "N/A", "Rationale": "It claims nothing."},
                        "truthfulness": {
                            "Type": ["1"],
                            "Rationale": "No fruit.",
                            "Rating": "1",
                            "Rationale For Rating": "It is wrong.",
                        },
                    },
                    "overall_score": 2.0,
                },
            ],
        },
        needs=("instruction", "completions"),
        called={
            "instruction": "The prompt",
            "completions": ("ompletion ", "no response"),
            "Rationale For Rating": "The rationale",
            "principle": "The params",
            "custom_system_prompt": "The params",
            "annotations": "of completion ",
            "overall_score": "completions",
        },
    ),
    "helpsteer2": Layout(
        {"prompt": "Name a fruit.", "response": "An apple.", **ATTRIBUTES},
        needs=("prompt", "response"),
    ),
    "helpsteer3": Layout(
        {
            "domain": "code",
            "language": "python",
            "context": [ASKED],
            "response1": "An apple.",
            "response2": "A stone.",
            "overall_preference": -2,
            "individual_preference": [
                {"score": -2, "reasoning": "A stone is no fruit.", "feedback1": "Right.", "feedback2": "Wrong."}
            ],
        },
        needs=("context", "response1", "response2", "overall_preference"),
        called={
            "context": "prompt",
            "response1": "Response a",
            "response2": "Response b",
            "individual_preference": "Preference 1",
            "domain": "A tag",
            "language": "A tag",
        },
    ),
    "nectar": Layout(
        {
            "prompt": "\n\nHuman: Name a fruit.\n\nAssistant: ",
            "answers": [
                {"answer": "An apple.", "model": "m1", "rank": 1.0},
                {"answer": "A stone.", "model": "m2", "rank": 3.0},
                {"answer": "A pear.", "model": "m3", "rank": 1.0},
            ],
            "turns": 1,
            "num_responses": 3,
            "source": ["anthropic-hh"],
            "good_natured": True,
        },
        needs=("prompt", "answers"),
        called={"answers": ("nswer ", "no response", "Response ")},
    ),
    "lmsys_55k": Layout(
        {
            "id": "30192",
            "model_a": "m1",
            "model_b": "m2",
            "prompt": '["Hi.", "Name a fruit."]',
            "response_a": '["Hello.", "An apple."]',
            "response_b": '["Hello.", "A stone."]',
            "winner_model_a": "1",
            "winner_model_b": "0",
            "winner_tie": "0",
        },
        needs=("prompt", "response_a", "response_b", "winner_model_a"),
        called={
            "id": "The key",
            "prompt": "Message 2",
            "model_a": "model of response a",
            "model_b": "model of response b",
        },
    ),
    "arena_140k": Layout(
        {
            "id": "b1",
            "model_a": "m1",
            "model_b": "m2",
            "winner": "model_a",
            "evaluation_session_id": "s1",
            "evaluation_order": 1,
            "conversation_a": [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "Name a fruit.", "image": None, "mimeType": None}],
                },
                {"role": "assistant", "content": [{"type": "text", "text": "An apple.", "image": None}]},
            ],
            "conversation_b": [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "Name a fruit.", "image": None, "mimeType": None}],
                },
                {"role": "assistant", "content": [{"type": "text", "text": "A stone.", "image": None}]},
            ],
            "full_conversation": [{"user": ASKED, "model_side_a": APPLE, "model_side_b": STONE}],
            "conv_metadata": {"sum_assistant_a_tokens": 3, "bold_count_a": {"**": 0}},
            "category_tag": {"creative_writing_v0.1": {"creative_writing": False}},
            "is_code": False,
            "language": "en",
        },
        needs=("conversation_a", "conversation_b"),
        called={
            "id": "The key",
            "evaluation_session_id": "The group",
            "conversation_a": "Response a",
            "conversation_b": "Response b",
            "model_a": "model of response a",
            "model_b": "model of response b",
        },
    ),
    "rewardbench": Layout(
        {
            "prompt": "Name a fruit.",
            "chosen": "An apple.",
            "chosen_model": "m1",
            "rejected": "A stone.",
            "rejected_model": "m2",
            "subset": "alpacaeval-easy",
            "id": 7,
        },
        needs=("prompt", "chosen", "rejected"),
        called={
            "chosen": "Response a",
            "rejected": "Response b",
            "chosen_model": "model of response a",
            "rejected_model": "model of response b",
            "id": "The key",
            "subset": "The key",
        },
    ),
    "rewardbench2": Layout(
        {
            "id": "12",
            "prompt": "Name a fruit.",
            "chosen": ["An apple.", "A pear."],
            "rejected": ["A stone.", "A rock."],
            "num_correct": 2,
            "num_incorrect": 2,
            "total_completions": 4,
            "models": ["m1", "m2", "m3", "m4"],
            "subset": "Ties",
        },
        needs=("prompt", "chosen", "rejected"),
        called={
            "chosen": ("num_correct", "Response "),
            "rejected": ("num_incorrect", "Response "),
            "models": "model of response",
            "id": "The key",
            "subset": "A tag",
        },
    ),
    "rm_bench": Layout(
        {
            "id": 8,
            "subset": "alpacaeval",
            "domain": "chat",
            "prompt": "Name a fruit.",
            "chosen": ["An apple.", "It is an apple.", "It is an **apple**."],
            "rejected": ["A stone.", "It is a stone.", "It is a **stone**."],
            "error_key": "fruit",
        },
        needs=("prompt", "chosen", "rejected"),
        called={
            "chosen": "Response ",
            "rejected": "Response ",
            "id": "The key",
            "domain": ("A tag", "The key"),
            "subset": "The key",
        },
    ),
    "judgebench": Layout(
        {
            "pair_id": "e302b0a0",
            "original_id": "1420",
            "source": "mmlu-pro-law",
            "question": "Name a fruit.",
            "response_model": "m1",
            "response_A": "An apple.",
            "response_B": "A stone.",
            "label": "A>B",
        },
        needs=("question", "response_A", "response_B"),
        called={
            "question": "The prompt",
            "response_A": "Response a",
            "response_B": "Response b",
            "response_model": "The model",
            "pair_id": "The key",
            "source": "A tag",
        },
    ),
    "fine_grained_rlhf": Layout(
        {
            "question": "Which fruits are red?",
            "passages": [["Fruit", "Apples can be red.", "Stones are no fruit."]],
            "gold": "Apples.",
            "prediction 1": "Apples and stones.",
            "prediction 2": "Apples.",
            "prediction 3": "Stones.",
            "prediction 4": "None.",
            "feedback": {
                "errors": [{"error type": "Wrong-Grounding", "start": 11, "end": 17, "explanation": "No fruit."}],
                "missing-info": [{"error type": "Missing-Answer", "passage_id": 0, "sentence_id": [1]}],
                "corrected-prediction": "Apples.",
            },
            "preference": [2, 1, 1, 1, 1, 0],
        },
        needs=("question", "prediction 1", "feedback"),
        called={
            "question": "The prompt",
            "prediction 1": "response",
            "passages": ("Passage 1", "The prompt"),
            "errors": "Error 1",
            "error type": "kind of error",
            "start": "span",
            "end": "span",
            "explanation": "spans",
            "corrected-prediction": "a text that",
            "feedback": "errors",
            "missing-info": "missing_info",
            "gold": "reference",
        },
    ),
    "trl_unpaired": Layout(
        {"prompt": [ASKED], "completion": [APPLE], "label": True, "pair_id": "k1", "prompt_id": "g1"},
        needs=("prompt", "completion", "label"),
        called={"completion": "Response a", "pair_id": "The key", "prompt_id": "The group"},
    ),
    "spans": Layout(
        {
            "question": "Which fruits are red?",
            "prediction": "Apples and stones.",
            "text_hash": "",
            "errors": [
                {
                    "error_type": "unverifiable",
                    "start": 11,
                    "end": 17,
                    "text": "stones",
                    "severity": "major",
                    "explanation": "Are they?",
                    "n_marked": 1,
                }
            ],
            "pair_id": "k1",
            "prompt_id": "g1",
        },
        needs=("question", "prediction", "errors"),
        called={
            "question": "The prompt",
            "prediction": ("response", "quotes other words"),
            "errors": "Error 1",
            "error_type": "kind of error",
            "explanation": "spans",
            "pair_id": "The key",
            "prompt_id": "The group",
        },
    ),
    "openrubrics": Layout(
        {
            "instruction": "Name a fruit.",
            "response_a": "An apple.",
            "response_b": "A stone.",
            "winner": "A",
            "rubric": "1. The response names a fruit. [Hard Rule]\n2. The response is brief. [Principle]",
            "source": "made",
        },
        needs=("instruction", "response_a", "response_b", "rubric"),
        called={"instruction": "The prompt", "response_a": "Response a", "response_b": "Response b"},
    ),
    "feedback_collection": Layout(
        {
            "instruction": "###Task Description: An instruction, a response and a rubric are given.",
            "output": "It is a fruit. [RESULT] 4",
            "orig_instruction": "Name a fruit.",
            "orig_response": "An apple.",
            "orig_reference_answer": "A pear.",
            "orig_criteria": "Does the response name a fruit?",
            **{f"orig_score{level}_description": f"It is {level} of 5 parts a fruit." for level in range(1, 6)},
            "orig_feedback": "It is a fruit.",
            "orig_score": 4,
        },
        needs=(
            "orig_instruction",
            "orig_response",
            "orig_criteria",
            *(f"orig_score{level}_description" for level in range(1, 6)),
        ),
        called={
            "orig_instruction": "The prompt",
            "orig_response": "Response a",
            "orig_feedback": "The rationale",
            "orig_reference_answer": "reference",
            "orig_criteria": "The rubric",
            **{f"orig_score{level}_description": "The rubric" for level in range(1, 6)},
        },
    ),
    "wildbench": Layout(
        {
            "id": "w1",
            "session_id": "s1",
            "conversation_input": [
                {"content": "Name a fruit.", "language": "English", "redacted": False, "role": "user", "toxic": False}
            ],
            "references": {"gpt-4": "An apple.", "m2": "A stone."},
            "length": 13,
            "checklist": ["Does the answer name a fruit?", "Is the answer brief?"],
            "intent": "To know a fruit.",
            "primary_tag": "Information seeking",
            "secondary_tags": ["Others"],
        },
        needs=("conversation_input", "references", "checklist"),
        called={
            "conversation_input": "The prompt",
            "references": ("Response ", "no response"),
            "checklist": "The rubric",
            "primary_tag": "A tag",
            "secondary_tags": "A tag",
            "id": "The key",
            "session_id": "The group",
        },
    ),
    "feedback": Layout(
        {
            "id": "f1",
            "group": "fruit",
            "prompt": "Name a fruit.",
            "responses": [{"text": "An apple.", "model": "m1"}, "A stone."],
            "signals": [
                {"signal": "thumb", "value": "up", "about": 0, "weight": 0.8, "user": "u1", "at": "2025-03-01"},
                {"signal": "copy", "about": 0, "user": "u1"},
                {"signal": "pick", "value": 0, "user": "u2"},
            ],
        },
        needs=("prompt", "responses", "signals"),
        called={
            "id": "The key",
            "responses": "Response ",
            "signals": "ignal",
            "user": "The annotator",
            "about": "about",
            "at": "'at'",
        },
    ),
    "argilla": Layout(
        {
            "id": "r1",
            "_server_id": "s1",
            "status": "completed",
            "inserted_at": "2025-03-01T12:00:00",
            "updated_at": "2025-03-01T12:00:00",
            "fields": {"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A stone."},
            "metadata": {"source": "ours"},
            "suggestions": {"rating": {"value": 4, "score": 0.8, "agent": "m1"}},
            "responses": {
                "ranking": [
                    {
                        "value": [{"value": "response_1", "rank": 1}, {"value": "response_2", "rank": 2}],
                        "user_id": "u1",
                        "status": "submitted",
                    }
                ],
                "comment": [{"value": "A stone is no fruit.", "user_id": "u1"}],
            },
            "vectors": {},
        },
        needs=("fields",),
        called={
            "fields": "response",
            "suggestions": "suggestion",
            "responses": "response",
            "response_1": "response a",
            "response_2": "response b",
            "id": "The key",
            "value": ("rating", "a text that"),
            "agent": "The annotator",
            "user_id": "The annotator",
        },
        silences=("status",),
    ),
    "label_studio": Layout(
        {
            "id": 7,
            "data": {"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A stone."},
            "annotations": [
                {
                    "id": 1,
                    "completed_by": 3,
                    "was_cancelled": False,
                    "ground_truth": False,
                    "lead_time": 8.5,
                    "created_at": "2025-03-01T12:00:00Z",
                    "updated_at": "2025-03-01T12:00:00Z",
                    "result": [
                        {
                            "id": "x1",
                            "type": "pairwise",
                            "from_name": "preference",
                            "to_name": "txt-1,txt-2",
                            "origin": "manual",
                            "value": {"selected": "left"},
                        },
                        {
                            "id": "x2",
                            "type": "textarea",
                            "from_name": "comment",
                            "to_name": "txt-2",
                            "origin": "manual",
                            "value": {"text": ["A stone is no fruit."]},
                        },
                    ],
                }
            ],
            "predictions": [],
        },
        needs=("data",),
        called={
            "data": "ields",
            "annotations": "annotation",
            "predictions": "prediction",
            "result": "Result ",
            "response_1": "response a",
            "response_2": "response b",
            "to_name": "compares",
            "value": ("'preference'", "'comment'"),
            "completed_by": "The annotator",
            "id": "The key",
        },
        silences=("was_cancelled",),
    ),
    "mapping": Layout(
        {
            "id": "q1",
            "instruction": "Name a fruit.",
            "input": "Any.",
            "response_a": "An apple.",
            "response_b": "A stone.",
            "model_a": "m1",
            "model_b": "m2",
            "better": "1",
            "topic": "fruit",
        },
        needs=("instruction", "response_a", "response_b"),
        called={
            "instruction": "The prompt",
            "input": ("The context", "The prompt"),
            "response_a": "Response a",
            "response_b": "Response b",
            "model_a": "model of response a",
            "model_b": "model of response b",
            "id": "The key",
            "topic": "A tag",
        },
        options={
            "prompt": "instruction",
            "context": "input",
            "responses": ["response_a", "response_b"],
            "models": ["model_a", "model_b"],
            "key": "id",
            "tags": ["topic"],
            "winner": {"column": "better", "values": {"1": "a", "2": "b", "0": "tie"}},
        },
    ),
}
