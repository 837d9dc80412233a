"""The doors that are pages: the chat, the officers' console, the analysts' workbench."""
