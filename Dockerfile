# syntax=docker/dockerfile:1
# One image; docker-compose.yml starts it as web, worker, beat and migrate.

FROM python:3.12-slim AS packages
COPY requirements/production.txt /production.txt
RUN python -m venv /opt/packages \
 && /opt/packages/bin/pip install --no-cache-dir --require-hashes --requirement /production.txt

FROM python:3.12-slim
# A fixed number, so that a folder of the host can be given to this user.
RUN useradd --system --uid 10001 --create-home --home-dir /home/tower tower \
 && install --directory --owner tower --group tower --mode 750 /data
COPY --from=packages /opt/packages /opt/packages
COPY . /app
WORKDIR /app
ENV PATH=/opt/packages/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data
RUN python -m compileall -q /app
VOLUME /data
USER tower
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", \
     "controltower.wsgi:application"]
