"""How fast, how small and how steady Sayso is, beside bare references in the same run: `python -m tests.benchmarks`."""
