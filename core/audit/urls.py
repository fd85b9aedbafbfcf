from django.urls import path

from core.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.AuditListView.as_view(), name="list"),
    path("<str:kind>/<uuid:uuid>/", views.AuditObjectView.as_view(), name="object"),
]
