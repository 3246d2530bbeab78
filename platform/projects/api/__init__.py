"""What every endpoint for programs is made of, and the endpoints of projects.

`TokenView` asks who may call, `operation` says in one place what a method takes and answers (and keeps OpenAPI true),
`strict` refuses what was not declared.
"""
