"""Who may touch what in PostgreSQL: pure data, from which `sayso roles` makes its script and which the tests walk.

A role is a group without a login of its own; an administrator grants it to the login of a process. What is not
granted here is refused. On SQLite, where one process has the file to itself, nothing of this applies.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    RESPONDENT = "sayso_respondent"  # the public doors: the chat, the respondents' bot
    OFFICER = "sayso_officer"  # the console, the staff bot
    ANALYST = "sayso_analyst"  # the workbench, exports
    WORKER = "sayso_worker"  # what is due, coding, what others left unsent; has no door
    LEAD = "sayso_lead"  # the safeguarding lead


OWNER = "sayso_owner"  # of all tables and functions; for `sayso migrate`


@dataclass(frozen=True)
class Right:
    """One privilege on a table, or on some columns of it."""

    privilege: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.privilege} ({', '.join(self.columns)})" if self.columns else self.privilege


Rights = Mapping[Role, tuple[Right, ...]]

READ, ADD, CHANGE, STRIKE = Right("SELECT"), Right("INSERT"), Right("UPDATE"), Right("DELETE")


def read(*columns: str) -> Right:
    return Right("SELECT", columns)


def change(*columns: str) -> Right:
    return Right("UPDATE", columns)


PUBLISHED: Rights = dict.fromkeys((Role.RESPONDENT, Role.ANALYST, Role.WORKER, Role.LEAD), (READ,)) | {
    Role.OFFICER: (READ, ADD)
}
CLOSED = read("wave_id", "step")  # whether a wave is, which every door asks
CODINGS: Rights = dict.fromkeys((Role.ANALYST, Role.WORKER), (READ, ADD, CHANGE, STRIKE))
# Whoever does something that is audited reads the last entry and adds the next; nobody changes one.
AUDIT: Rights = dict.fromkeys((Role.OFFICER, Role.ANALYST, Role.WORKER, Role.LEAD), (READ, ADD))

# fmt: off
TABLES: Mapping[str, Rights] = {
    "alembic_version": dict.fromkeys(Role, (READ,)),
    "consultation": PUBLISHED,
    "survey": PUBLISHED,
    "picture": PUBLISHED,
    "draft": {Role.OFFICER: (READ, ADD, STRIKE), Role.WORKER: (read("id", "added_on"), STRIKE)},
    "wave": {**PUBLISHED, Role.WORKER: (READ, change("opens_on", "closes_on"))},
    # The public doors find a conversation by its pseudonym alone, through the functions below: whoever could list
    # them could list the responses, too.
    "conversation": {Role.WORKER: (READ, STRIKE)},
    "response": {
        Role.RESPONDENT: (ADD,),
        Role.OFFICER: (READ, change("counted")),
        Role.ANALYST: (READ, change("counted")),
        Role.WORKER: (READ, CHANGE, STRIKE),
    },
    "answer": {Role.RESPONDENT: (ADD,), Role.ANALYST: (READ, ADD, STRIKE), Role.WORKER: (READ, CHANGE, STRIKE)},
    # The worker makes turns of what the lead writes to a chat.
    "inbox": {Role.RESPONDENT: (READ, ADD), Role.WORKER: (READ, ADD, STRIKE)},
    "outbox": {Role.RESPONDENT: (READ, ADD, CHANGE, STRIKE), Role.WORKER: (READ, ADD, CHANGE, STRIKE)},
    "set_aside": {Role.RESPONDENT: (ADD,), Role.OFFICER: (READ,), Role.WORKER: (READ, STRIKE)},
    "due": {Role.OFFICER: (ADD,), Role.ANALYST: (ADD,), Role.WORKER: (READ, ADD, CHANGE, STRIKE)},
    "concern": {
        Role.RESPONDENT: (ADD,),
        Role.WORKER: (
            read(
                "reference", "consultation_id", "level", "raised_on", "status", "alerted", "queue", "asks_contact",
                "drill",
            ),
            change("alerted"), STRIKE,
        ),
        Role.LEAD: (READ, change("status", "outcome", "sealed")),
    },
    "referral_overview": {Role.OFFICER: (READ,)},
    "alert": {Role.WORKER: (READ, ADD, CHANGE, STRIKE), Role.LEAD: (READ,)},
    "alert_path": {Role.OFFICER: (READ,), Role.WORKER: (READ, ADD, CHANGE), Role.LEAD: (READ,)},
    "reply_handle": {
        Role.RESPONDENT: (ADD,), Role.WORKER: (READ, STRIKE),
        Role.LEAD: (read("handle", "last_day", "glass"), change("glass")),
    },
    # Sealed by the public doors, which read none of them again.
    "reminder": {Role.RESPONDENT: (ADD,), Role.WORKER: (READ, STRIKE)},
    "carry_over": {Role.RESPONDENT: (ADD,), Role.WORKER: (read("mark", "wave_id", "good_until"), STRIKE)},
    "shared_session": {Role.RESPONDENT: (READ,), Role.OFFICER: (READ, ADD, STRIKE), Role.WORKER: (READ, STRIKE)},
    "relay": {Role.WORKER: (READ, STRIKE), Role.LEAD: (read("id", "handle"), ADD)},
    "sign_off": {**dict.fromkeys(Role, (READ,)), Role.LEAD: (READ, ADD)},
    "closing": {
        Role.RESPONDENT: (CLOSED,), Role.ANALYST: (CLOSED,), Role.OFFICER: (CLOSED,), Role.LEAD: (CLOSED,),
        Role.WORKER: (READ, ADD, CHANGE),
    },
    "certificate": {Role.RESPONDENT: (READ,), Role.OFFICER: (READ,), Role.WORKER: (READ, ADD)},
    "retention": {**PUBLISHED, Role.WORKER: (READ, ADD, CHANGE)},
    "audit": AUDIT,
    # Who reads it knows of allegations; the staff bot notes there that somebody has one in hand.
    "referral_audit": {Role.OFFICER: (ADD,), Role.LEAD: (READ, ADD)},
    "coded": CODINGS,
    "suggestion": CODINGS,
    "coding_decision": CODINGS,
    "clearance": CODINGS,
    "coding_act": CODINGS,
    "review": CODINGS,
    "analyst_note": CODINGS,
    "blind_reading": CODINGS,
    "blind_coding": CODINGS,
    "codebook_version": {Role.ANALYST: (READ, ADD), Role.WORKER: (READ,)},
    "code_split": {Role.ANALYST: (READ, ADD, STRIKE)},
    "code_split_answer": {Role.ANALYST: (READ, ADD, CHANGE, STRIKE)},
    "coding_example": CODINGS,
    "coder_version": CODINGS,
    "coder_lesson": CODINGS,
    "candidate_theme": CODINGS,
    "candidate_answer": CODINGS,
    "assist_reading": CODINGS,
    "assisted": {Role.ANALYST: (READ, ADD, STRIKE)},
}
# fmt: on

# Made by the migrations, and run with the owner's rights. What the public doors may call touches only rows whose
# unguessable names it is given.
FUNCTIONS: Mapping[str, tuple[Role, ...]] = {
    "turn_find(text)": (Role.RESPONDENT, Role.WORKER),
    "turn_said(text)": (Role.RESPONDENT, Role.WORKER),
    "turn_text(text)": (Role.RESPONDENT,),
    "turn_move(text)": (Role.RESPONDENT, Role.WORKER),
    "turn_begin(text)": (Role.RESPONDENT,),
    "turn_withdraw(text)": (Role.RESPONDENT,),
    "turn_erase(text)": (Role.RESPONDENT,),
    "turn_finish(text)": (Role.RESPONDENT,),
    "turn_speak(text)": (Role.RESPONDENT,),
    "turn_release(text)": (Role.RESPONDENT,),
    "talk_conversation(text)": (Role.RESPONDENT,),
    "talk_carried_over(text)": (Role.RESPONDENT,),
    "talk_answers(text)": (Role.RESPONDENT,),
    "said_find(text)": (Role.ANALYST,),
    "said_put(text)": (Role.ANALYST,),
    "closing_renew()": (Role.WORKER,),
    "closing_reorder()": (Role.WORKER,),
    "closing_rows(text)": (Role.WORKER,),
    "table_rewrite(text)": (Role.WORKER,),
    "referral_acknowledge(text)": (Role.OFFICER, Role.LEAD),
    "referral_audit_last()": (Role.OFFICER, Role.LEAD),
}


def wanted(roles: Collection[Role]) -> Iterator[tuple[Role, str, str | None, str]]:
    """Role, table or function, column (None: all of it) and privilege, one by one."""
    for table, rights in TABLES.items():
        for role in rights.keys() & roles:
            for right in rights[role]:
                yield from ((role, table, column, right.privilege) for column in right.columns or (None,))
    for function, may_call in FUNCTIONS.items():
        yield from ((role, function, None, "EXECUTE") for role in may_call if role in roles)


def script() -> str:
    """What an administrator runs in the database with psql: roles, owner and rights, as they are to be and no others.

    It may be run again at any time, and must be after each `sayso migrate`, whose new tables nobody may touch yet.
    """
    return "\n".join(["BEGIN;", *_make_roles(), *_hand_over(), *_take_all_away(), *_grant(), "COMMIT;", ""])


def _make_roles() -> Iterator[str]:
    for role in (OWNER, *Role):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
            f"CREATE ROLE {role} NOLOGIN; END IF; END $$;"
        )
    yield f"GRANT {OWNER} TO CURRENT_USER;"


def _hand_over() -> Iterator[str]:
    """To a role that nobody logs in as, so that the functions run with no more than its rights. Whoever migrated
    the database until now may go on."""
    yield f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};"
    yield (
        f"DO $$ BEGIN EXECUTE coalesce((SELECT format('GRANT {OWNER} TO %s', relowner::regrole) FROM pg_class "  # noqa: S608
        f"WHERE oid = 'public.wave'::regclass AND relowner <> '{OWNER}'::regrole), 'SELECT'); END $$;"
    )
    yield from (f"ALTER TABLE public.{table} OWNER TO {OWNER};" for table in TABLES)
    yield from (f"ALTER FUNCTION public.{function} OWNER TO {OWNER};" for function in FUNCTIONS)


def _take_all_away() -> Iterator[str]:
    everybody = ", ".join(("PUBLIC", *Role))
    yield (
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM "
        f"{everybody}', current_database()); EXECUTE format('GRANT CONNECT ON DATABASE %I TO "
        f"{', '.join((OWNER, *Role))}', current_database()); END $$;"
    )
    yield f"REVOKE CREATE ON SCHEMA public FROM {everybody};"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody};"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {everybody};"


def _grant() -> Iterator[str]:
    yield f"GRANT USAGE ON SCHEMA public TO {', '.join(Role)};"
    for table, rights in TABLES.items():
        for role, granted in rights.items():
            yield f"GRANT {', '.join(map(str, granted))} ON public.{table} TO {role};"
    for function, roles in FUNCTIONS.items():
        yield f"GRANT EXECUTE ON FUNCTION public.{function} TO {', '.join(roles)};"
