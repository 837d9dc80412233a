"""Settings, from the environment or a `.env` file: names begin with SAYSO_. Secrets never show themselves."""

import base64
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL

from bot.assist_address import check_address
from consultation.storage.postgres import postgres_url

SHORTEST_SECRET, LONGEST_SECRET = 24, 64  # bytes, as standardwebhooks.com has it
MAIL_SERVER = re.compile(r"[^\s:/@]+(?::(?P<port>[0-9]{1,5}))?")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SAYSO_", env_file=".env", env_ignore_empty=True, extra="ignore")

    data: Path = Field(default=Path("sayso-data"), description="folder of the database")
    database_url: SecretStr | None = Field(default=None, description="a PostgreSQL database in place of SQLite's file")
    keys: Path | None = Field(default=None, description="folder of the keys; keep it out of backups of the data")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str | None = Field(default=None, description="how people reach this server, such as https://…")
    telegram_token: SecretStr | None = Field(default=None, description="the respondents' bot")
    telegram_webhook: bool = Field(
        default=False, description="let Telegram call SAYSO_PUBLIC_URL, instead of asking it"
    )
    telegram_rate: float = Field(default=30, gt=0, description="messages a second that Telegram lets this token send")
    telegram_consultation: str | None = Field(default=None, description="short name of the consultation it runs")
    officer_token: SecretStr | None = Field(default=None, description="the staff bot, another token")
    officer_chats: Annotated[list[int], NoDecode] = Field(
        default=[], description="Telegram chats of staff who may use the staff bot, such as 123, 456"
    )
    telegram_api: str | None = Field(default=None, description="another Bot API server, such as a local one")
    smtp: str | None = Field(default=None, description="host:port for safeguarding alerts")
    smtp_tls: Literal["offered", "required", "implicit"] = Field(
        default="offered", description="STARTTLS where it is offered, or always; or TLS from the first byte"
    )
    smtp_user: str | None = None
    smtp_password: SecretStr | None = Field(default=None, description="for a mail server that wants one")
    alert_to: str | None = Field(default=None, description="the safeguarding lead’s e-mail, until one is signed off")
    alert_from: str = "sayso@localhost"
    webhook_secret: SecretStr | None = Field(default=None, description="signs alerts by webhook: whsec_ and base64")
    metrics_token: SecretStr | None = Field(default=None, description="lets Prometheus read /metrics; else it is off")
    assist_allow: Annotated[list[str], NoDecode] = Field(
        default=[], description="hosts by name that a language model of your own may run on, with commas between them"
    )
    assist_url: str | None = Field(
        default=None, description="an OpenAI-compatible language model that you run yourselves, such as http://…/v1"
    )
    assist_model: str | None = Field(default=None, description="the model's name there")
    assist_key: SecretStr | None = Field(default=None, description="for a server that wants one")
    accessibility_contact: str | None = Field(
        default=None, description="whom people write to or ring about the accessibility of these pages"
    )
    people_at_one_address: int = Field(
        default=500, ge=1, description="how many may answer at once from behind one address, such as a school's"
    )
    log: Literal["text", "json"] = "text"

    @field_validator("officer_chats", mode="before")
    @classmethod
    def _numbers(cls, said: object) -> object:
        if not isinstance(said, str):
            return said
        try:
            return [int(each) for each in said.strip().removeprefix("[").removesuffix("]").split(",") if each.strip()]
        except ValueError:
            raise ValueError("write the numbers of the chats with commas between them, such as 123, 456") from None

    @field_validator("assist_allow", mode="before")
    @classmethod
    def _names(cls, said: object) -> object:
        return [each.strip() for each in said.split(",") if each.strip()] if isinstance(said, str) else said

    @field_validator("assist_url")
    @classmethod
    def _runs_here(cls, said: str | None, info: ValidationInfo) -> str | None:
        if said:
            check_address(said, info.data.get("assist_allow", ()))
        return said

    @field_validator("smtp")
    @classmethod
    def _host_and_port(cls, said: str | None) -> str | None:
        found = MAIL_SERVER.fullmatch(said) if said else None
        if said and (found is None or not 1 <= int(found["port"] or 25) <= 65535):
            raise ValueError("write the mail server as host or host:port, such as mail.example.org:25")
        return said

    @field_validator("webhook_secret")
    @classmethod
    def _signs(cls, said: SecretStr | None) -> SecretStr | None:
        try:
            key = base64.b64decode(said.get_secret_value().removeprefix("whsec_"), validate=True) if said else None
        except ValueError:
            key = b""
        if key is not None and not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
            raise ValueError("write 24 to 64 random bytes in base64, such as 'openssl rand -base64 32' makes")
        return said

    @field_validator("smtp_password")
    @classmethod
    def _shown_to_one_server(cls, said: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Whoever sits in between could take a password that is sent to whatever answers."""
        host = (info.data.get("smtp") or "").partition(":")[0]
        if said and info.data.get("smtp_tls") == "offered" and host not in ("localhost", "127.0.0.1"):
            raise ValueError("it needs SAYSO_SMTP_TLS=required (or implicit, for port 465): no other server may see it")
        return said

    @property
    def database(self) -> Path:
        return self.data / "sayso.db"

    @property
    def database_at(self) -> Path | URL:
        """Where the records are. Raises `UnusableDatabase` for an address that is none."""
        return postgres_url(self.database_url.get_secret_value()) if self.database_url else self.database

    @property
    def key_folder(self) -> Path:
        data = self.data if self.data.name.strip(".") else self.data.resolve()  # '.' and '..' have no name
        return self.keys or data.with_name(f"{data.name}-keys")  # beside the data, so not in its backups

    @property
    def address(self) -> str:
        """How people reach this server."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
