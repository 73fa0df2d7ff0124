from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    class Shelf(models.TextChoices):
        NOVEL = "novel", "Novel"
        POETRY = "poetry", "Poetry"

    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, models.CASCADE, null=True, related_name="books")
    shelf = models.CharField(max_length=10, choices=Shelf.choices, default=Shelf.NOVEL)
    pages = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    weight = models.FloatField(null=True)
    in_print = models.BooleanField(default=True)
    published_on = models.DateField(null=True)
    opening_time = models.TimeField(null=True)
    added_at = models.DateTimeField(null=True)
    tags = models.JSONField(default=list)
    blurb = models.TextField(null=True)  # noqa: DJ001  # NULL and "" are to be told apart

    def __str__(self) -> str:
        return self.title


class Note(models.Model):
    """What a resource of five lines exports."""

    text = models.CharField(max_length=200)
    is_public = models.BooleanField(default=False)
    written_at = models.DateTimeField(null=True)
    stars = models.IntegerField(default=0)
    kind = models.CharField(max_length=1, choices=[("a", "Aside"), ("b", "Brief")], default="a")

    def __str__(self) -> str:
        return self.text
