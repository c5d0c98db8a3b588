"""People, customers, invitations and support's visits in Django's admin."""

from django.contrib import admin

from accounts.models import Customer


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    """Customers and who belongs to them."""

    search_fields = ["name", "external_id"]
