"""What endpoints take and answer, for OpenAPI. Bodies are strict: an undeclared field is refused."""
