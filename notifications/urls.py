from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.InboxView.as_view(), name="inbox"),
    path("latest/", views.LatestView.as_view(), name="latest"),
    path("news/", views.NewsView.as_view(), name="news"),
    path("read/", views.MarkAllReadView.as_view(), name="mark-all-read"),
    path("preferences/", views.PreferencesView.as_view(), name="preferences"),
    path("<int:pk>/open/", views.OpenView.as_view(), name="open"),
    path("<int:pk>/read/", views.MarkReadView.as_view(), name="mark-read"),
]
