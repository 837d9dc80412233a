"""The identities that must not be mixed up, each its own type."""

from typing import NewType

ConsultationId = NewType("ConsultationId", str)  # random UUID4 as hex
WaveId = NewType("WaveId", str)  # random UUID4 as hex
ResponseId = NewType("ResponseId", str)  # random UUID4 as hex, never derived from a person
AnswerId = NewType("AnswerId", str)  # random UUID4 as hex
ConcernReference = NewType("ConcernReference", str)  # what an alert may carry: says nothing of the message
SurveyId = NewType("SurveyId", str)  # a name such as what-we-want
QuestionId = NewType("QuestionId", str)  # a name such as good_worker
OptionId = NewType("OptionId", str)  # a name such as prefer_not_to_say
Pseudonym = NewType("Pseudonym", str)  # keyed hash of a chat, meaningless without the consultation's key
