"""Every door into Sayso, and nothing else: what a person does becomes events, effects become what they see."""

import os

# The matrices here are small: a thread for each core costs twice the work and gains nothing. Read when numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
