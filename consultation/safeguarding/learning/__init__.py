"""How the screen's model is learnt. Nothing here is needed to run Sayso; it takes `pip install 'sayso[train]'`."""
