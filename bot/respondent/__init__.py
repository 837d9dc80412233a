"""The respondents' door on Telegram (aiogram, long polling): updates to events, messages to chats."""
