from django.urls import path

from betaapp.api import views

urlpatterns = [
    path("beta/expected/", views.ExpectedVersionsApi.as_view(), name="beta-expected"),
    path("beta/heartbeats/", views.HeartbeatApi.as_view(), name="beta-heartbeats"),
    path("beta/feedback/", views.FeedbackApi.as_view(), name="beta-feedback"),
]
