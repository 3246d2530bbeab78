"""What it costs to ask a checkpoint. Reads settings alone, so that pages may ask, too."""

from modelhooks import endpoints
from modelhooks.backends.remote.endpoint import EndpointRefused, Prices
from modelhooks.catalog import BACKENDS, PricedOptions
from modelhooks.models import Checkpoint

FREE = Prices()


def prices_of(checkpoint: Checkpoint) -> Prices:
    """Of a million tokens, in the currency of the deployment (GOLDPAN_CURRENCY); nothing where no price is said.

    Of a checkpoint on two servers, those of the first that has any.
    """
    backend = BACKENDS.get(checkpoint.backend)
    if backend is None or not issubclass(backend.options_type, PricedOptions):
        return FREE
    options = backend.options_type.model_validate(checkpoint.options)
    prices = options.prices(_of_endpoint(getattr(options, "endpoint", "")))
    second = getattr(options, "judge_endpoint", "")
    return _of_endpoint(second) if second and not prices.are_known else prices


def _of_endpoint(name: str) -> Prices:
    """What the deployment says; nothing of one that it does not know (any more), whose runs fail by themselves."""
    try:
        return endpoints.endpoint(name).prices
    except EndpointRefused:
        return FREE
