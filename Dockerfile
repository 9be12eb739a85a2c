# The hub's own processes; engines and Grafana come from their makers' images (docker-compose.yml).
FROM python:3.11-slim
WORKDIR /hub
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY iochub iochub
COPY ingest ingest
COPY streams streams
COPY warehouse warehouse
COPY api api
COPY dashboards dashboards
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
RUN useradd --create-home hub && mkdir /data && chown hub /data
USER hub
ENV IOCHUB_DATA=/data
ENTRYPOINT ["iochub", "run"]
