"""The way from the list of leads to the figures about them."""

from urllib.parse import urlencode

from django import template
from django.contrib.admin.views.main import ChangeList
from django.urls import reverse

from exportsite.domains.leads.analytics_resource import LeadAnalyticsResource

register = template.Library()


@register.simple_tag
def figures_url(changelist: ChangeList) -> str:
    """With those of the list's filters that figures have too."""
    names = LeadAnalyticsResource.changelist_filters
    given = changelist.get_filters_params()
    filters = {names[name]: values for name, values in given.items() if name in names}
    url = reverse("admin:leads_leadfigures_changelist")
    return f"{url}?{urlencode(filters, doseq=True)}" if filters else url
