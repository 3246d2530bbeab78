"""How people get in, change their keys, and what their programs may carry."""
