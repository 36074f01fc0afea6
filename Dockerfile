# Helpr on a machine of one's own: `docker compose up` with compose.yaml, or by itself
#   docker build -t helpr . && docker run -p 127.0.0.1:8000:8000 --env-file .env -v helpr:/data helpr
# The tests run CMD and HEALTHCHECK as they stand here and check the rest as text: where they run
# there is no container engine, so the image itself is built by whoever uses it.

FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt requirements-serve.txt ./
# Wheels alone: nothing is compiled, so that no compiler is needed.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --only-binary=:all: -r requirements-serve.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_PATH=/data/helpr.db
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin helpr \
    && install --directory --owner=helpr --group=helpr /data
COPY --from=build /venv /venv
WORKDIR /app
COPY function_app.py host.json gunicorn.conf.py ./
COPY helpr_core ./helpr_core
COPY static ./static
# By number, so that Kubernetes and others see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Two processes with eight threads each. The workers' heartbeat is a file: in memory, since on a
# slow disk gunicorn would take a worker for dead. A friend waits 20 s for plex.tv at most.
CMD ["gunicorn", "--workers", "2", "--threads", "8", "--timeout", "60", "--graceful-timeout", "30", "--worker-tmp-dir", "/dev/shm", "--bind", "0.0.0.0:8000", "helpr_core.wsgi:application"]
