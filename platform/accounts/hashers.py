"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with the parameters of the OWASP Password Storage Cheat Sheet (19 MiB, two passes, one lane).

    Django's own take 100 MiB and eight threads for each sign-in, which a small server cannot give to a class of
    annotators that signs in at nine o'clock.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
