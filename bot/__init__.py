"""Every door into Sayso, and nothing else: each turns what a person does into events, and effects into what they see."""
