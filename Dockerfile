FROM python:3.11-slim
RUN useradd --create-home --uid 10001 goldpan && mkdir -p /var/lib/goldpan && chown goldpan /var/lib/goldpan
WORKDIR /srv/goldpan
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY . .
RUN python scripts/link_checkout.py
USER goldpan
ENV GOLDPAN_HOME=/var/lib/goldpan PYTHONUNBUFFERED=1
CMD ["goldpan", "--help"]
