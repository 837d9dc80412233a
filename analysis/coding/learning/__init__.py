"""How the shipped coder is learned. Never needed to run; asks for `pip install 'sayso[train-coder]'`."""
