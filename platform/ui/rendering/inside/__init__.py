"""What runs in the limited child process. It knows neither Django nor the rest of Goldpan.

`invisible` and `direction` use the standard library only and are read by the parent too.
"""
