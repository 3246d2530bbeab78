"""Groups of token sequences to packed rows: each group's common beginning once, and no padding.

A row is one long sequence for the model. It is made of segments, one per group (or part of a group): first the tokens
that all members share, then what each member has of its own. Positions restart after the shared part for each member,
and attention lets a member see the shared part and itself, so every member's hidden states are those it would have
alone. The shared part is found on token ids of whole rendered sequences: text is never tokenized in two pieces.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

Ids = Sequence[int]
# Rows that still have room are searched for a fit; more would cost time and save next to nothing.
OPEN_ROWS = 64


@dataclass(frozen=True)
class Budget:
    """Tokens per row: as many as fill a device well, and the most that one row may have.

    A group beyond the first stands in a row of its own, so that its prompt is computed once; one beyond the second is
    parted. Only a single sequence can be longer than the second.
    """

    target: int
    most: int

    def __post_init__(self) -> None:
        if not 0 < self.target <= self.most:
            raise ValueError("A row's target is at least one token and at most what a row may have.")


CPU = Budget(target=1_024, most=16_384)
CUDA = Budget(target=32_768, most=65_536)


@dataclass(frozen=True)
class Segment:
    """Members of one group in a row. `start` is the row index of the first shared token; lengths are in tokens."""

    group: int
    members: tuple[int, ...]
    start: int
    shared: int
    own: tuple[int, ...]

    def own_ranges(self) -> list[tuple[int, int]]:
        """Where in the row each member's own tokens stand, as [begin, end)."""
        ends = list(accumulate(self.own, initial=self.start + self.shared))
        return list(pairwise(ends))

    def index(self, member: int, token: int) -> int:
        """Where in the row the token of a member stands, both counted within their own lists."""
        if token < self.shared:
            return self.start + token
        return self.own_ranges()[member][0] + token - self.shared


@dataclass(frozen=True)
class Row:
    """What one forward computes."""

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """Members of a group that stay together, before they have a row."""

    group: int
    members: tuple[int, ...]
    shared: int
    tokens: int


def shared_length(sequences: Sequence[Ids]) -> int:
    """How many tokens all of these begin with. One sequence shares all of itself; none share nothing."""
    if not sequences:
        return 0
    first, others = sequences[0], sequences[1:]
    # By bisection, because comparing slices is quick and comparing token by token is not.
    return bisect_left(
        range(1, min(map(len, sequences)) + 1),
        True,
        key=lambda length: any(other[:length] != first[:length] for other in others),
    )


def parts_of(group: int, sequences: Sequence[Ids], most: int, *, share: bool = True) -> Iterator[Part]:
    """The group in one part, or in several where it is too large for a row; longest members first."""
    if not share:
        yield from (Part(group, (member,), len(ids), len(ids)) for member, ids in enumerate(sequences))
        return
    shared = shared_length(sequences)
    taken: list[int] = []
    tokens = shared
    for member in sorted(range(len(sequences)), key=lambda one: (-len(sequences[one]), one)):
        own = len(sequences[member]) - shared
        if taken and tokens + own > most:
            yield _part(group, taken, sequences)
            taken, tokens = [], shared
        taken.append(member)
        tokens += own
    if taken:
        yield _part(group, taken, sequences)


def _part(group: int, members: list[int], sequences: Sequence[Ids]) -> Part:
    """Members in their own order. Fewer members may share more than the whole group did."""
    kept = sorted(members)
    chosen = [sequences[member] for member in kept]
    shared = shared_length(chosen)
    return Part(group, tuple(kept), shared, shared + sum(len(ids) - shared for ids in chosen))


def plan(groups: Sequence[Sequence[Ids]], budget: Budget, *, share: bool = True) -> list[Row]:
    """All members of all groups in rows, the largest row first, so that a lack of memory shows at once.

    Empty sequences are refused: they have no token to read a score at.
    """
    if any(not ids for group in groups for ids in group):
        raise ValueError("A sequence without tokens cannot be scored.")
    parts = [
        part
        for number, sequences in enumerate(groups)
        for part in parts_of(number, sequences, budget.most, share=share)
    ]
    parts.sort(key=lambda part: (-part.tokens, part.group, part.members))
    rows = [_row(parts_of_row, groups) for parts_of_row in _fill(parts, budget.target)]
    return sorted(rows, key=lambda row: -len(row.ids))


def _fill(parts: list[Part], target: int) -> list[list[Part]]:
    """First fit, longest first, over the rows that still have room."""
    rows: list[list[Part]] = []
    room: list[int] = []  # of the last OPEN_ROWS rows
    for part in parts:
        fits = next((place for place, left in enumerate(room) if part.tokens <= left), None)
        if fits is None:
            rows.append([part])
            room.append(target - part.tokens)
            del room[:-OPEN_ROWS]
        else:
            rows[len(rows) - len(room) + fits].append(part)
            room[fits] -= part.tokens
    return rows


def _row(parts: list[Part], groups: Sequence[Sequence[Ids]]) -> Row:
    row = Row()
    for part in parts:
        sequences = [groups[part.group][member] for member in part.members]
        own = tuple(len(ids) - part.shared for ids in sequences)
        row.segments.append(Segment(part.group, part.members, len(row.ids), part.shared, own))
        row.ids.extend(sequences[0][: part.shared])
        row.positions.extend(range(part.shared))
        for ids in sequences:
            row.ids.extend(ids[part.shared :])
            row.positions.extend(range(part.shared, len(ids)))
    return row


def halves(row: Row, groups: Sequence[Sequence[Ids]]) -> list[Row]:
    """A row in two of about as many tokens, for a device whose memory did not suffice; none where it cannot be parted.

    Segments are parted first, then the members of the only segment.
    """
    segments = row.segments
    if len(segments) > 1:
        sizes = list(accumulate(segment.shared + sum(segment.own) for segment in segments))
        cut = min(range(1, len(sizes)), key=lambda one: abs(2 * sizes[one - 1] - sizes[-1]))
        named = [[(one.group, list(one.members)) for one in half] for half in (segments[:cut], segments[cut:])]
    else:
        members = list(segments[0].members)
        middle = len(members) // 2
        named = [[(segments[0].group, half)] for half in (members[:middle], members[middle:])] if middle else []
    return [_row([_part(group, members, groups[group]) for group, members in half], groups) for half in named]


def distinct_tokens(groups: Sequence[Sequence[Ids]]) -> int:
    """The least that can be computed when each group's common beginning is computed once."""
    return sum(part.tokens for number, one in enumerate(groups) for part in parts_of(number, one, 1 << 62))
