from django.urls import path

from betaapp import views

app_name = "betaapp"
urlpatterns = [
    path("", views.ProgramPageView.as_view(), name="program"),
    path("stores/", views.StoresPageView.as_view(), name="stores"),
    path("programs/", views.ProgramListView.as_view(), name="program-list"),
    path("programs/choices/", views.ProgramChoicesView.as_view(), name="program-choices"),
    path("programs/add/", views.ProgramAddView.as_view(), name="program-add"),
    path("programs/<int:pk>/", views.ProgramDetailView.as_view(), name="program-detail"),
    path("programs/<int:pk>/change/", views.ProgramChangeView.as_view(), name="program-change"),
    path("programs/<int:pk>/start/", views.ProgramStartView.as_view(), name="program-start"),
    path("programs/<int:pk>/end/", views.ProgramEndView.as_view(), name="program-end"),
    path("stores/<int:pk>/", views.ProgramStoresView.as_view(), name="program-stores"),
    path(
        "stores/<int:pk>/branches/",
        views.BranchChoicesView.as_view(),
        name="program-stores-branches",
    ),
    path(
        "programs/<int:pk>/applications/choices/",
        views.ApplicationChoicesView.as_view(),
        name="program-application-choices",
    ),
    path(
        "programs/<int:pk>/applications/add/",
        views.ProgramApplicationAddView.as_view(),
        name="program-application-add",
    ),
    path(
        "programs/applications/<int:pk>/remove/",
        views.ProgramApplicationRemoveView.as_view(),
        name="tried-remove",
    ),
    path("results/applications/<int:pk>/promote/", views.TriedPromoteView.as_view(), name="tried-promote"),
    path("results/applications/<int:pk>/stop/", views.TriedStopView.as_view(), name="tried-stop"),
    path("results/<int:pk>/", views.ProgramResultView.as_view(), name="program-result"),
    path("results/<int:pk>/wave/", views.ProgramWaveView.as_view(), name="program-wave"),
    path("results/", views.ResultPageView.as_view(), name="results"),
    path("feedback/", views.FeedbackListView.as_view(), name="feedback-list"),
    path("feedback/add/", views.FeedbackAddView.as_view(), name="feedback-add"),
    path("feedback/<int:pk>/", views.FeedbackDetailView.as_view(), name="feedback-detail"),
    path("feedback/<int:pk>/picture/", views.FeedbackPictureView.as_view(), name="feedback-picture"),
    path("feedback/<int:pk>/problem/", views.FeedbackProblemView.as_view(), name="feedback-problem"),
    path("versions/", views.StoreVersionListView.as_view(), name="store-version-list"),
    path("versions/drift/", views.DriftListView.as_view(), name="drift-list"),
    path("versions/<int:pk>/", views.StoreVersionView.as_view(), name="store-version"),
    path("versions/<int:pk>/confirm/", views.StoreVersionConfirmView.as_view(), name="store-version-confirm"),
]
