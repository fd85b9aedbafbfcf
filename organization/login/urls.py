from django.urls import path

from organization.login import views

app_name = "login"
urlpatterns = [
    path("", views.NikView.as_view(), name="nik"),
    path("pin/", views.PinView.as_view(), name="pin"),
    path("new-pin/", views.NewPinView.as_view(), name="new-pin"),
    path("role/", views.RoleCardView.as_view(), name="role-card"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("first-admin/<str:token>/", views.FirstAdminView.as_view(), name="first-admin"),
]
