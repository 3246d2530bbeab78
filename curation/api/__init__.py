"""Endpoints for programs: releases and their files."""
