from django.urls import path

from organization.api import views

urlpatterns = [
    path("branches/", views.BranchListApi.as_view(), name="branch-list"),
    path("stores/", views.StoreListApi.as_view(), name="store-list"),
    path("stores/<uuid:uuid>/", views.StoreApi.as_view(), name="store-detail"),
    path("employees/", views.EmployeeListApi.as_view(), name="employee-list"),
    path("employees/<uuid:uuid>/", views.EmployeeApi.as_view(), name="employee-detail"),
]
