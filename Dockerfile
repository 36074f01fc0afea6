# Helpr for a home server:
#   docker build -t helpr . && docker run -p 7071:7071 -v ./data:/data helpr
# The tests run without a container engine. They carry out these steps on a Debian with the
# same Python (make image), so only the base image itself is never used there.

# By tag, not by digest: docs/decisions/0038-base-images-by-tag.md says why, and docs/security.md
# how to pin one that was looked up.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements-serve.txt ./
# Only wheels: nothing is compiled, so no compiler is needed.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --only-binary=:all: --require-hashes -r requirements-serve.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_PATH=/data/helpr.db \
    HELPR_BACKUP_FOLDER=/data/backups
COPY --from=build /venv /venv
WORKDIR /app
COPY function_app.py host.json gunicorn.conf.py ./
COPY docker ./docker
COPY helpr_core ./helpr_core
COPY static ./static
# Byte code is written here, because the container's user may not write it. Settings may be in
# the data folder, where restore puts them, too.
RUN python -m compileall -q --invalidation-mode unchecked-hash function_app.py docker helpr_core \
    && ln -s /data/helpr.env /app/.env \
    && chmod 755 /app/docker/helpr && ln -s /app/docker/helpr /usr/local/bin/helpr \
    && install --directory --owner=10001 --group=10001 /data
VOLUME /data
EXPOSE 7071
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "/app/docker/healthy.py"]
STOPSIGNAL SIGTERM
# It starts as root to take over the data folder, and serves as PUID:PGID, never as root.
ENTRYPOINT ["python", "/app/docker/entrypoint.py"]
CMD ["serve"]
