"""The images that survey versions show."""

from collections.abc import Mapping

from sqlmodel import Session

from consultation.domain.ids import SurveyId
from consultation.storage.tables import PictureRow


def add(session: Session, survey: SurveyId, version: int, images: Mapping[str, bytes], media_type: str) -> None:
    """Store them under their names. What is there stays: a version never changes, once it was asked."""
    for name, content in images.items():
        if session.get(PictureRow, (survey, version, name)) is None:
            row = PictureRow(
                survey_id=survey, survey_version=version, name=name, media_type=media_type, content=content
            )
            session.add(row)


def find(session: Session, survey: SurveyId, version: int, name: str) -> tuple[bytes, str] | None:
    """An image and its media type."""
    row = session.get(PictureRow, (survey, version, name))
    return (row.content, row.media_type) if row else None
