from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from organization.views import language
from portal import views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("patterns/", views.PatternsView.as_view(), name="pola"),
    path("login/", include("organization.login.urls")),
    path("directory/", include("organization.urls")),
    path("notifications/", include("notifications.urls")),
    path("monitoring/", include("monitoring.urls")),
    path("beta/", include("betaapp.urls")),
    path("ppob/", include("ppob.urls")),
    path("audit/", include("core.audit.urls")),
    path("jobs/", include("core.jobs.urls")),
    path("api/", include("portal.api_urls")),
    path("admin/", admin.site.urls),
    path("health/", include("portal.health_urls")),
    path("i18n/setlang/", language, name="set_language"),
    path("jsi18n/", JavaScriptCatalog.as_view(domain="djangojs"), name="javascript-catalog"),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"
