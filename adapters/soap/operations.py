"""What the service offers: one operation a verb, and what may be answered to it. A new verb is a new line here."""

from typing import Any, get_args

from msgspec import Struct

from adapters.soap.forms import SPACE, Choice, Field, Record, record_of
from schemas import answers, requests
from schemas.answers import AnyAnswer
from schemas.requests import AnyRequest, Changing, Operator, Terms
from schemas.scalars import Instant, MessageId, Number


class AskHead(Terms, frozen=True, kw_only=True):
    """The head of a question: transport, none of it needed."""

    message_id: MessageId | None = None
    sent_at: Instant | None = None
    operator_id: Operator | None = None
    sign_no: Number | None = None


class ActHead(Terms, frozen=True, kw_only=True):
    """The head of what changes something: message_id names it, and a retry repeats it; the rest is transport."""

    message_id: MessageId
    sent_at: Instant | None = None
    operator_id: Operator | None = None
    sign_no: Number | None = None


HEAD = "head"


class Operation(Struct, frozen=True, kw_only=True):
    """One operation: the element that asks is named as its verb, the one that answers has `Response` behind it."""

    verb: type[AnyRequest]
    head: type[AskHead] | type[ActHead]
    asked: Record
    """The verb's own fields, and the head."""
    answered: Choice
    """What may be answered: one element, named as the answer."""

    @property
    def name(self) -> str:
        """Return what the operation and its element are called."""
        return self.verb.__name__

    @property
    def action(self) -> str:
        """Return its SOAPAction."""
        return f"{SPACE}#{self.name}"


def _operation(verb: type[AnyRequest], *said: type[AnyAnswer]) -> Operation:
    head = ActHead if verb in get_args(Changing) else AskHead
    own = record_of(verb)
    first = Field(name=HEAD, form=record_of(head), required=head is ActHead, nillable=False)
    assert HEAD not in own.by_name
    asked = Record(type=verb, fields=(first, *own.fields))
    return Operation(verb=verb, head=head, asked=asked, answered=_choice(said))


def _choice(said: tuple[Any, ...]) -> Choice:
    return Choice(records=tuple(record_of(answer) for answer in said))


OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        _operation(requests.SignIn, answers.SignedIn),
        _operation(requests.SignOut, answers.SignedOut),
        _operation(requests.VerifyPerson, answers.PersonVerified),
        _operation(requests.RegisterVisit, answers.VisitRegistered),
        _operation(requests.AmendVisit, answers.VisitAmended),
        _operation(requests.DischargeVisit, answers.VisitDischarged),
        _operation(requests.CancelVisit, answers.VisitCancelled),
        _operation(requests.UploadItems, answers.ItemsUploaded),
        _operation(requests.WithdrawItems, answers.ItemsWithdrawn),
        _operation(requests.Presettle, answers.Presettled),
        _operation(requests.Settle, answers.Settled),
        _operation(requests.PresettleBill, answers.Presettled),
        _operation(requests.SubmitBill, answers.Settled),
        _operation(requests.CancelSettlement, answers.SettlementCancelled),
        _operation(requests.Reverse, answers.Reversed),
        _operation(requests.FileReferral, answers.ReferralFiled),
        _operation(requests.QueryReferral, answers.ReferralsFound),
        _operation(requests.CancelReferral, answers.ReferralCancelled),
        _operation(requests.FileMatches, answers.MatchesFiled),
        _operation(requests.WithdrawMatches, answers.MatchesWithdrawn),
        _operation(requests.QueryMatches, answers.MatchesFound),
        _operation(requests.QueryOutcome, answers.OutcomeFound),
        _operation(requests.QueryOutcomes, answers.OutcomesFound),
        _operation(requests.QuerySettlement, answers.SettlementFound),
        _operation(requests.QueryStatement, answers.StatementFound),
        _operation(requests.ExplainSettlement, answers.SettlementExplained),
        _operation(requests.QueryVisits, answers.VisitsFound),
        _operation(requests.QueryItems, answers.ItemsFound),
        _operation(requests.DownloadCatalog, answers.CatalogFound, answers.CatalogPart),
    )
}
