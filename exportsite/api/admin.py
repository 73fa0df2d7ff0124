"""Tokens in the admin: made and shown once, listed, revoked. Nobody changes or deletes one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exportsite.api import tokens
from exportsite.api.models import ApiToken, Scope


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Good for"),
        choices=Scope.choices,
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiToken
        fields = ("user", "name", "scopes", "expires_at")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("user") and given.get("scopes"):
            reason = tokens.why_not(
                given["user"], scopes=given["scopes"], expires_at=given.get("expires_at")
            )
            if reason:
                raise forms.ValidationError(reason)
        return given


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = TokenForm
    list_display = ("prefix", "name", "user", "good_for", "state", "last_used_at", "expires_at")
    list_filter = ("user",)
    list_select_related = ("user",)
    search_fields = ("prefix", "name", "user__username")
    search_help_text = gettext_lazy("The first characters of a token, its name or its person.")
    readonly_fields = ("prefix", "created_at", "last_used_at", "revoked_at")
    actions = ("revoke_chosen",)

    @admin.display(description=gettext_lazy("good for"))
    def good_for(self, token: ApiToken) -> str:
        return ", ".join(str(Scope(name).label) for name in token.scopes)

    @admin.display(description=gettext_lazy("state"))
    def state(self, token: ApiToken) -> str:
        if token.revoked_at is not None:
            return _("revoked")
        return _("good") if token.is_good else _("expired")

    @admin.action(description=gettext_lazy("Revoke"), permissions=["add"])
    def revoke_chosen(self, request: HttpRequest, chosen: "QuerySet[ApiToken]") -> None:
        count = sum(tokens.revoke(token) for token in chosen)
        text = ngettext("%d token was revoked.", "%d tokens were revoked.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    # -- Who may: everybody for themselves, a superuser for all --------------------------------
    def get_queryset(self, request: HttpRequest) -> "QuerySet[ApiToken]":
        rows: QuerySet[ApiToken] = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(user=request.user.pk)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        people = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
        if not request.user.is_superuser:
            people = people.filter(pk__in=[request.user.pk])
        initial = request.user.pk
        return super().formfield_for_foreignkey(
            db_field, request, **{**options, "queryset": people, "initial": initial}
        )

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    # -- Making one ----------------------------------------------------------------------------
    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return self.form.Meta.fields if obj is None else super().get_fields(request, obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One button: whichever is pressed, the page with the token comes next."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**buttons, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        given = form.cleaned_data
        token, secret = tokens.issue(
            given["user"],
            name=given["name"],
            scopes=given["scopes"],
            expires_at=given["expires_at"],
        )
        obj.pk, obj.prefix = token.pk, token.prefix
        request.new_secret = secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The only page that ever shows the token."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("A new API token"),
            "opts": self.opts,
            "token": obj,
            "secret": request.new_secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "api/new_token.html", context)
