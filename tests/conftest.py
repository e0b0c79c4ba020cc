from hypothesis import HealthCheck, settings

# A loaded machine is no reason to fail: what is tested is what comes out, not how fast.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("project"), max_examples=3000)
settings.load_profile("project")
