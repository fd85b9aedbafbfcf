from django.urls import path

from organization import views

app_name = "organization"
urlpatterns = [
    path("stores/", views.StoreListView.as_view(), name="store-list"),
    path("stores/<int:pk>/", views.StoreDetailView.as_view(), name="store-detail"),
    path("employees/", views.EmployeeListView.as_view(), name="employee-list"),
    path("employees/<int:pk>/", views.EmployeeDetailView.as_view(), name="employee-detail"),
]
