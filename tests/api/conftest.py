"""People who call the API, and what they call it with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exportsite.api import reads, tokens
from imports.models import ImportJob
from tests.exports.admin.conftest import make_export, make_worker, root
from tests.exports.conftest import _private_folder, ana, make_book
from tests.imports.conftest import BOOK_RIGHTS, NOTE_RIGHTS, run

__all__ = ["_private_folder", "ana", "make_book", "make_export", "make_worker", "root", "run"]

STREAM_ROWS = 10_000  # the product's own; other tests have none streamed
BASE = "/api/v1/"
NOTES = "text,stars,kind\nfirst,1,Aside\nsecond,x,Aside\nthird,3,Brief\n"

Send = Callable[..., ImportJob]


@pytest.fixture(autouse=True)
def _streaming(settings: Any) -> None:
    settings.EXPORT_STREAM_ROWS = STREAM_ROWS


@dataclass(kw_only=True)
class Caller:
    """Somebody with a token, or with none."""

    secret: str = ""
    client: Client = field(default_factory=Client)

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        if self.secret:
            return {"Authorization": f"Bearer {self.secret}", **headers}
        return headers

    def get(self, path: str, data: Any = None, **headers: str) -> Any:
        return read(self.client.get(BASE + path, data, headers=self._headers(headers)))

    def head(self, path: str, **headers: str) -> Any:
        return self.client.head(BASE + path, headers=self._headers(headers))

    def delete(self, path: str, **headers: str) -> Any:
        return self.client.delete(BASE + path, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return read(
            self.client.post(
                BASE + path,
                {} if body is None else body,
                content_type="application/json",
                headers=self._headers(named),
            )
        )

    def send(self, content: str | bytes, name: str = "notes.csv", **fields: Any) -> Any:
        """Upload a file. `headers` are those; a field that is None is not sent."""
        data = content.encode() if isinstance(content, str) else content
        headers = self._headers(fields.pop("headers", {}))
        form = {"importer": "notes", "file": SimpleUploadedFile(name, data), **fields}
        form = {field: value for field, value in form.items() if value is not None}
        return read(self.client.post(f"{BASE}imports", form, headers=headers))


@pytest.fixture(autouse=True)
def _fresh_reads() -> None:
    reads.forget()


@pytest.fixture
def caller_for(db: None) -> Callable[..., Caller]:
    def make(user: User, **options: Any) -> Caller:
        return Caller(secret=tokens.issue(user, **options)[1])

    return make


@pytest.fixture
def api(ana: User, caller_for: Callable[..., Caller]) -> Caller:
    """Ana's program."""
    return caller_for(ana)


@pytest.fixture
def root_api(root: User, caller_for: Callable[..., Caller]) -> Caller:
    return caller_for(root)


@pytest.fixture
def nobody() -> Caller:
    return Caller()


@pytest.fixture
def bob_api(make_user: Any, caller_for: Callable[..., Caller]) -> Caller:
    """Another person with the same permissions as Ana."""
    return caller_for(make_user("bob", "exports.add_export", "library.view_book"))


@pytest.fixture(autouse=True)
def _import_folder(settings: Any, tmp_path: Any) -> None:
    settings.IMPORT_DIRECTORY = tmp_path / "uploads"


@pytest.fixture
def iris(make_user: Any) -> User:
    """Somebody who may import books and notes."""
    user: User = make_user("iris", *BOOK_RIGHTS, *NOTE_RIGHTS, email="iris@example.org")
    return user


@pytest.fixture
def imports_api(iris: User, caller_for: Callable[..., Caller]) -> Caller:
    """Iris's program."""
    return caller_for(iris, scopes=["imports"])


@pytest.fixture
def send(imports_api: Caller) -> Send:
    """An import that Iris has uploaded."""

    def upload(text: str = NOTES, **fields: Any) -> ImportJob:
        answer = imports_api.send(text, **fields).json()
        return ImportJob.objects.get(pk=answer["batch_id"])

    return upload


def read(response: Any) -> Any:
    """Take all of a streamed answer, as a program does; `content` has it then."""
    response.body = b"".join(response.streaming_content) if response.streaming else response.content
    return response


def content(response: Any) -> bytes:
    return bytes(response.body)
