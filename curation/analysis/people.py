"""How each person works, from their labels on one facet: what a curator has to know before believing or blaming them.

Under the figures of a person, or of a name that came with an import, stand as plain JSON (a share is
`{"value", "low", "high", "hits", "of"}` with Clopper and Pearson's interval of 95 %; null where nothing is to be told):

* `enough`: whether there are FEWEST labels, without which nobody is called anything;
* `side`: the share that chose the response shown first, of all that they decided in a known order; `p`, how likely it
  is to lean so far without a pull; `ties`, how many they did not decide;
* `ties`, of pairs: the share that they call alike, and `usual_ties`, the median annotator's;
* `given`: name of a value to a share of their labels, and `given_by_all` to everybody's (empty for many values);
* `entropy`: bits of the values as shown, 0 for who always presses one key; `usual_entropy` is the median annotator's;
* `same_key`: the share of the value, as shown, that they give most; `usual_same_key`;
* `pace`: `median` seconds a label, `usual` those of the median annotator, `hurried` the share given before the texts
  could be read, `usual_hurried`, and `bins`: how many labels took up to each of the
  seconds `up_to`, and then more;
* `length`, of pairs: `longer`, the share of decided pairs in which they chose the longer response, `others` the share
  of these in which most of the others did, and `pull` between `low` and `high` (`curation.analysis.leaning`);
* `repeats`: of two labels on the same texts, how often they say the same;
* `rest`: the share that says what most of the *others* say, where most of them say one thing (on levels: at most one
  level from their mean); `usual_rest` is the median annotator's;
* `gold`: how often they were right about items whose answer is known; `usual_gold` is the median annotator's;
* `differs`: how many of their labels differ from the consensus, and `examples`, the surest first:
  `{"item", "place", "said", "settled", "confidence"}`;
* `unusual`: the names of the TESTS that they stand out by.

The tests ask whether somebody is further from the usual than by a margin that matters, by exact binomial tails (the
length by a normal one), each with false discoveries among all annotators of the facet held to `raters.RATE`.
Known items are few, so that `gold` has a rule of its own (`raters.standing_apart`, `others.KNOWN_RATE`), from
FEWEST_KNOWN of them on. `guessing` and `contrary` are the rules of `curation.aggregation.reliability`.
"""

import numpy as np

from curation.analysis import habits, hurry, leaning, others
from curation.analysis.around import Around
from curation.analysis.consensus import Outcome
from curation.analysis.seen import FEWEST, Told, of
from curation.votes import Votes

EVERYBODY = (habits.keys, habits.repeats, hurry.hurry, others.rest, others.known, others.differing)
OF_PAIRS = (habits.side, habits.ties, leaning.leaning)
RULES = {"guessing": "is_spammer", "contrary": "is_adversary"}
TESTS = ("side", "key", "ties", "rest", "gold", "pace", "length", "repeats", *RULES)


def figures(votes: Votes, outcome: Outcome, around: Around) -> list[Told]:
    """[A] What is told of each annotator; empty for models, and for who said nothing."""
    seen = of(votes, outcome.settled, around)
    subjects = EVERYBODY + (OF_PAIRS if votes.facet.scale == "sides" else ())
    found = [subject(seen) for subject in subjects]
    labels = np.bincount(seen.labels.annotators, minlength=seen.count).tolist()
    standing_out = {name: who for one in found for name, who in one.unusual.items()}
    told = []
    for who, count in enumerate(labels):
        own = {name: value for one in found for name, value in one.figures[who].items()}
        names = {name for name, flagged in standing_out.items() if flagged[who]}
        names |= {name for name, rule in RULES.items() if outcome.believed[who].get(rule)}
        unusual = [name for name in TESTS if name in names]
        told.append({**own, "enough": count >= FEWEST, "unusual": unusual} if count else {})
    return told
