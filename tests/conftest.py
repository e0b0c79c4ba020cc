from hypothesis import HealthCheck, Phase, settings

# A loaded machine is no reason to fail: what is tested is what comes out, not how fast. `make test` tries the same
# examples each time, so that it says the same of the same code; `make test-long` looks for new ones.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("thorough", settings.get_profile("project"), derandomize=False, max_examples=1000)
# `make mutants` asks some hundred times whether any example fails, and not which is the smallest one.
settings.register_profile(
    "mutants", settings.get_profile("project"), phases=[Phase.explicit, Phase.generate], max_examples=20
)
settings.load_profile("project")
