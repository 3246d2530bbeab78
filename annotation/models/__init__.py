from annotation.models.annotations import Annotation, Draft
from annotation.models.discards import Discard
from annotation.models.forms import Form, Question
from annotation.models.gold import Gold
from annotation.models.imports import Import, RefusedRow
from annotation.models.items import Item, Lease, Slot
from annotation.models.media import ItemMedia, Media
from annotation.models.notes import Note
from annotation.models.proposals import CriterionProposal
from annotation.models.rubrics import Rubric, RubricUse, RubricVersion
from annotation.models.screenings import Screening
from annotation.models.segmentations import Segmentation

__all__ = [
    "Annotation",
    "CriterionProposal",
    "Discard",
    "Draft",
    "Form",
    "Gold",
    "Import",
    "Item",
    "ItemMedia",
    "Lease",
    "Media",
    "Note",
    "Question",
    "RefusedRow",
    "Rubric",
    "RubricUse",
    "RubricVersion",
    "Screening",
    "Segmentation",
    "Slot",
]
