from curation.models.acceptances import Acceptance
from curation.models.analyses import Analysis, Consensus, Measure, Standing
from curation.models.benchmarks import Benchmark
from curation.models.clusters import PromptClusters
from curation.models.evaluations import EvaluationResult, EvaluationRow, EvaluationScore, EvaluationSet
from curation.models.findings import Decision, Detection, Finding, Review
from curation.models.hub_pushes import HubPush
from curation.models.judge_versions import JudgeReport, JudgeVerdict
from curation.models.omissions import Omission
from curation.models.releases import Release, ReleaseFile
from curation.models.removals import Removal
from curation.models.review_leases import ReviewLease
from curation.models.rubrics import RubricAttempt, RubricLine, RubricReport, RubricVerdicts
from curation.models.samples import Sample, SampledItem

__all__ = [
    "Acceptance",
    "Analysis",
    "Benchmark",
    "Consensus",
    "Decision",
    "Detection",
    "EvaluationResult",
    "EvaluationRow",
    "EvaluationScore",
    "EvaluationSet",
    "Finding",
    "HubPush",
    "JudgeReport",
    "JudgeVerdict",
    "Measure",
    "Omission",
    "PromptClusters",
    "Release",
    "ReleaseFile",
    "Removal",
    "Review",
    "ReviewLease",
    "RubricAttempt",
    "RubricLine",
    "RubricReport",
    "RubricVerdicts",
    "Sample",
    "SampledItem",
    "Standing",
]
