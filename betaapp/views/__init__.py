from betaapp.views.applications import (
    ApplicationChoicesView,
    ProgramApplicationAddView,
    ProgramApplicationRemoveView,
)
from betaapp.views.feedback import (
    FeedbackAddView,
    FeedbackDetailView,
    FeedbackListView,
    FeedbackPictureView,
    FeedbackProblemView,
)
from betaapp.views.programs import (
    ProgramAddView,
    ProgramChangeView,
    ProgramChoicesView,
    ProgramDetailView,
    ProgramEndView,
    ProgramListView,
    ProgramPageView,
    ProgramStartView,
)
from betaapp.views.results import (
    ProgramResultView,
    ProgramWaveView,
    ResultPageView,
    TriedPromoteView,
    TriedStopView,
)
from betaapp.views.stores import (
    BranchChoicesView,
    ProgramStoresView,
    StoresPageView,
)
from betaapp.views.versions import (
    DriftListView,
    StoreVersionConfirmView,
    StoreVersionListView,
    StoreVersionView,
)

__all__ = [
    "ApplicationChoicesView",
    "BranchChoicesView",
    "DriftListView",
    "FeedbackAddView",
    "FeedbackDetailView",
    "FeedbackListView",
    "FeedbackPictureView",
    "FeedbackProblemView",
    "ProgramAddView",
    "ProgramApplicationAddView",
    "ProgramApplicationRemoveView",
    "ProgramChangeView",
    "ProgramChoicesView",
    "ProgramDetailView",
    "ProgramEndView",
    "ProgramListView",
    "ProgramPageView",
    "ProgramResultView",
    "ProgramStartView",
    "ProgramStoresView",
    "ProgramWaveView",
    "ResultPageView",
    "StoreVersionConfirmView",
    "StoreVersionListView",
    "StoreVersionView",
    "StoresPageView",
    "TriedPromoteView",
    "TriedStopView",
]
