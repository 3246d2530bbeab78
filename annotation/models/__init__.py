from annotation.models.annotations import Annotation, Draft
from annotation.models.forms import Form, Question
from annotation.models.imports import Import, RefusedRow
from annotation.models.items import Item, Lease, Slot
from annotation.models.segmentations import Segmentation

__all__ = ["Annotation", "Draft", "Form", "Import", "Item", "Lease", "Question", "RefusedRow", "Segmentation", "Slot"]
