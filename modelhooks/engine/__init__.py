"""Which tokens are computed together. Plain Python: it knows neither models nor devices."""
