from django.urls import path

from monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("machines/", views.MachineListView.as_view(), name="machine-list"),
    path("machines/<int:pk>/", views.MachineDetailView.as_view(), name="machine-detail"),
    path("machines/<int:pk>/series/", views.MachineSeriesView.as_view(), name="machine-series"),
    path("machines/<int:pk>/load/", views.MachineLoadView.as_view(), name="machine-load"),
]
