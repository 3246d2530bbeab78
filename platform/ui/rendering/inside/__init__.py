"""What runs in the limited child process. It knows neither Django nor the rest of Goldpan.

`invisible`, `direction` and `wire` use the standard library only and are read by the parent too.
"""
