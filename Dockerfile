FROM python:3.13-slim AS packages
# With what REDIS_URL needs, so that setting it is enough.
COPY requirements-redis.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-redis.txt

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home app && install -d -o app -g app -m 0700 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EXPORTSITE_ENV=production VAR_DIR=/data STATIC_ROOT=/app/staticfiles
# The key is for this step only; collecting signs nothing.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --noinput --verbosity 0
USER app
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:exportsite.gunicorn_settings", "--bind", "0.0.0.0:8000"]
