"""The respondents' door on Telegram (aiogram, by long polling or webhook): updates to events, messages to chats."""
