"""Endpoints for programs: projects with their forms, items, the queue, annotations and imports.

What is answered is built by plain functions; the serializers in `shapes` describe it for OpenAPI, and the fuzzer in the
tests holds the two together.
"""
