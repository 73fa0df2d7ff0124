"""Leads, by the number of their post."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from exportsite.domains.leads.models import Lead
from imports.fields import (
    Boolean,
    Choice,
    DateTime,
    Email,
    Field,
    Json,
    List,
    Lookup,
    Number,
    Text,
    Url,
)
from imports.importers import Importer
from imports.registry import register

# Who may not read contact data has no business in writing them either.
CONTACT_PERMISSION = "exports.export_sensitive"


def contact(name: str, *aliases: str, example: str = "") -> Field:
    return Text(name=name, aliases=aliases, permission=CONTACT_PERMISSION, example=example)


def switch(name: str, *aliases: str) -> Field:
    return Boolean(name=name, aliases=aliases, example="no")


def degrees(name: str, most: int) -> Field:
    return Number(name=name, is_float=True, low=-most, high=most, example="")


def moment(name: str, **more: Any) -> Field:
    return DateTime(name=name, **more)


FIELDS: tuple[Field, ...] = (
    Text(
        name="craigslist_id",
        aliases=("Craigslist ID", "Post ID"),
        required=True,
        is_code=True,
        example="7141106057",
    ),
    Url(
        name="url",
        aliases=("Link", "Address"),
        required=True,
        example="https://sfbay.craigslist.org/sfc/web/d/site-for-a-bakery/7141106057.html",
    ),
    Text(name="title", required=True, example="Web site for a bakery"),
    Text(name="description", example="A small shop wants a site with its menu."),
    Number(name="price", is_float=True, low=0, example="1500"),
    Text(name="compensation", example=""),
    List(name="employment_type", example=""),
    switch("is_remote", "Remote"),
    switch("is_internship", "Internship"),
    switch("is_nonprofit", "Non-profit"),
    Lookup(
        name="location",
        aliases=("Location Name", "Location Code", "City"),
        by=("code", "name"),
        required=True,
        example="sfbay",
    ),
    Text(name="neighborhood", example=""),
    degrees("latitude", 90),
    degrees("longitude", 180),
    Email(
        name="email",
        aliases=("E-mail",),
        permission=CONTACT_PERMISSION,
        example="owner@example.com",
    ),
    contact("phone", "Telephone", example="+1 415 555 0100"),
    contact("contact_name", "Contact", example="Robin Baker"),
    Email(name="reply_email", permission=CONTACT_PERMISSION, example=""),
    contact("reply_phone"),
    contact("reply_contact_name"),
    Choice(name="email_source", example=""),
    List(name="image_urls", example=""),
    Json(name="attributes", example=""),
    Choice(name="source", example="craigslist"),
    Choice(name="category", example="gigs"),
    Text(name="subcategory", example="web design"),
    Choice(name="status", example="new"),
    switch("is_processed", "Processed"),
    switch("is_contacted", "Contacted"),
    Number(name="qualification_score", is_float=True, low=0, high=1, example=""),
    moment("posted_at"),
    moment("scraped_at"),
)


@register
class LeadImporter(Importer):
    name = "leads"
    model = Lead
    label = _("Leads")
    help = _("One post a row. Contact data needs a permission of its own.")
    fields = FIELDS
    keys = (("craigslist_id",),)
    touch = ("updated_at",)
