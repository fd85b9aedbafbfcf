from django.urls import path

from core.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.JobListView.as_view(), name="list"),
    path("states/", views.JobStatesView.as_view(), name="states"),
    path("check-audit/", views.AuditCheckView.as_view(), name="check-audit"),
    path("<uuid:pk>/", views.JobDetailView.as_view(), name="detail"),
    path("<uuid:pk>/cancel/", views.JobCancelView.as_view(), name="cancel"),
    path("<uuid:pk>/retry/", views.JobRetryView.as_view(), name="retry"),
    path("<uuid:pk>/download/", views.JobDownloadView.as_view(), name="download"),
]
