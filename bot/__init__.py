"""Every door into Sayso, and nothing else: what a person does becomes events, effects become what they see."""
