"""/api/: version 1, its OpenAPI document, and a page to read and try it, which needs nothing from outside."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

endpoints = [
    path("", include("organization.api.urls")),
    path("", include("betaapp.api.urls")),
    path("", include("monitoring.api.urls")),
    path("", include("ppob.api.urls")),
]

urlpatterns = [
    path("v1/", include((endpoints, "api"))),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
