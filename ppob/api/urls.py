from django.urls import path

from ppob.api import views

urlpatterns = [
    path("ppob/transactions/", views.TransactionBatchApi.as_view(), name="ppob-transactions"),
    path("ppob/holds/", views.HoldApi.as_view(), name="ppob-holds"),
    path("ppob/holds/<str:key>/release/", views.HoldReleaseApi.as_view(), name="ppob-hold-release"),
    path("ppob/advices/", views.AdviceListApi.as_view(), name="ppob-advices"),
    path("ppob/balances/", views.BalanceBatchApi.as_view(), name="ppob-balances"),
    path("ppob/connections/", views.ConnectionBatchApi.as_view(), name="ppob-connections"),
    path("ppob/messages/", views.MessageBatchApi.as_view(), name="ppob-messages"),
]
