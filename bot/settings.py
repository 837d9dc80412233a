"""Settings, from the environment or a `.env` file: names begin with SAYSO_. Secrets never show themselves."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SAYSO_", env_file=".env", extra="ignore")

    data: Path = Field(default=Path("sayso-data"), description="folder of the database")
    keys: Path | None = Field(default=None, description="folder of the keys; keep it out of backups of the data")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str | None = Field(default=None, description="how people reach this server, such as https://…")
    telegram_token: SecretStr | None = Field(default=None, description="the respondents' bot")
    telegram_consultation: str | None = Field(default=None, description="short name of the consultation it runs")
    officer_token: SecretStr | None = Field(default=None, description="the staff bot, another token")
    officer_chats: list[int] = Field(default=[], description="Telegram chats of staff who may use the staff bot")
    telegram_api: str | None = Field(default=None, description="another Bot API server, such as a local one")
    smtp: str | None = Field(default=None, description="host:port for safeguarding alerts")
    alert_to: str | None = Field(default=None, description="e-mail address of the safeguarding lead")
    alert_from: str = "sayso@localhost"

    @property
    def database(self) -> Path:
        return self.data / "sayso.db"

    @property
    def key_folder(self) -> Path:
        return self.keys or self.data / "keys"

    @property
    def address(self) -> str:
        """How people reach this server."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
