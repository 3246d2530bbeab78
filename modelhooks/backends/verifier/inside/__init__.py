"""What runs in limited children. It knows neither Django nor the rest of Goldpan.

`main` answers one question after another: formulas, quantities and patterns that strangers wrote, none of which is run.
The other programs run code, in the sandbox, once.
"""
