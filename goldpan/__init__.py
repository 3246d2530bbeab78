"""What programs outside the product import. Nothing here knows Django, the database or any floor of the house."""
