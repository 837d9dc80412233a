"""An attacker's tool kit, and the proof that it sees links where they are and none once a consultation is closed.

**The attacker** knows one who answered: their Telegram chat id, or the cookie of their browser; when they talked, to
the second; after how many others; and in how many turns. They hold the data folder (or PostgreSQL's cluster folder) as
raw bytes, backups of it from before the close, the logs in both forms, the exports and the metrics; and, to show that
the tools work, the consultation's key. They know this program's source. They look for that person's response.

**What must hold.** With the key, before the close, every response is found. After the close none is found more often
than by guessing among the responses of the same channel and day: not in the rows, their order or their dates, not in
unused bytes, journals, logs or exports, and not even by somebody who kept the key. Each attack is also let loose on
data in which the link is there, and must find it.

**What is not defended**, and can't be by anything in this repository:

- whoever holds both key and database before the close. That is what the key is for, and why it lies elsewhere;
- copies of the key. Together with a backup of the database from before the close they open everything in it;
- backups from before the close, in the hands of one who knows more than the chat: between two of them are the
  responses of those who talked between, and a conversation holds how many turns it took. Tests here measure both. So
  backups are made by `VACUUM INTO`, which keeps no order, are few, and are deleted after the close;
- PostgreSQL's own journal, until the operator has done what the certificate says;
- what a response itself says: somebody who knows what a person answered, or how far they went, recognises it;
- a day and a channel with a single response, which the date of that response gives away;
- Telegram, which sees every chat; whoever sees a person's screen; and the memory of a process that runs.

`consultation.py` plays, `loot.py` and `pages.py` read what was stolen, `links.py` and `arrivals.py` attack, `chance.py`
says what guessing would bring.
"""
