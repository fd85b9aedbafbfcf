from django.urls import path

from monitoring.api import views

urlpatterns = [
    path("machines/", views.MachineListApi.as_view(), name="machine-list"),
    path("machines/<uuid:uuid>/", views.MachineApi.as_view(), name="machine-detail"),
    path("machines/<uuid:uuid>/series/", views.MachineSeriesApi.as_view(), name="machine-series"),
]
