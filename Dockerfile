FROM python:3.11-slim AS ground
RUN useradd --create-home --uid 10001 goldpan && mkdir -p /var/lib/goldpan && chown goldpan /var/lib/goldpan
WORKDIR /srv/goldpan
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
ENV GOLDPAN_HOME=/var/lib/goldpan PYTHONUNBUFFERED=1
CMD ["goldpan", "--help"]

# Workers that run models. torch first and alone; PIP_EXTRA_INDEX_URL chooses its build (docs/decisions/0013).
FROM ground AS models
ARG PIP_EXTRA_INDEX_URL
RUN pip install --no-cache-dir torch==2.13.0
COPY requirements-models.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements-models.lock
COPY . .
RUN python scripts/link_checkout.py
USER goldpan

FROM ground AS goldpan
COPY . .
RUN python scripts/link_checkout.py
USER goldpan
