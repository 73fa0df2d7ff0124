"""The columns of a job that begin anew: with another attempt, or from the first row on."""

from django.db.models.functions import Now

from imports.attempt import Columns
from imports.summaries import COUNTED


def tries_anew() -> Columns:
    """As if no worker had ever tried; what is done stays done."""
    return {
        "attempts": 0,
        "available_at": Now(),
        "claimed_by": "",
        "lease_until": None,
        "started_at": None,
        "completed_at": None,
        "cancel_requested_at": None,
        "cancel_requested_by": None,
        "error_code": "",
        "error_message": "",
        "error_details": "",
        "email_sent_at": None,
        "mail_after": None,
        "mail_tries": 0,
    }


def rows_anew() -> Columns:
    """From the first row on. Problems and failed rows go with the first chunk."""
    counts = dict.fromkeys(COUNTED.values(), 0)
    return {**tries_anew(), **counts, "cursor": 0, "processed_rows": 0, "values_written": 0}
