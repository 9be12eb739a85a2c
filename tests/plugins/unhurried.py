"""Properties take the time they need: on a machine that many share, a missed deadline says nothing."""

from hypothesis import settings

settings.register_profile("unhurried", settings(), deadline=None, print_blob=True)
settings.load_profile("unhurried")
