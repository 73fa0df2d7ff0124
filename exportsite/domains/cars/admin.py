from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from exports.admin.changelist import ExportButtonMixin
from exportsite.domains.cars.models import CarListing, Order
from imports.admin.changelist import ImportButtonMixin


@admin.register(CarListing)
class CarListingAdmin(ImportButtonMixin, ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "id",
        "title",
        "make",
        "model",
        "year",
        "price",
        "mileage",
        "status",
        "created_at",
    )
    list_display_links = ("id", "title")
    list_filter = ("status", "year")
    search_fields = ("title", "make", "model", "description")
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("created_at", "updated_at")

    def save_model(self, request: HttpRequest, obj: CarListing, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "car_listing", "user", "purchase_price", "purchase_date")
    list_display_links = ("id", "car_listing")
    list_select_related = ("car_listing", "user")
    search_fields = ("car_listing__title", "user__username")
    autocomplete_fields = ("car_listing", "user")
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("created_at", "updated_at")

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)
