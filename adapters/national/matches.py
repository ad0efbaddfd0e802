"""What 3301 and 3302 answer: each match with its filing, and that nothing of it is in force yet."""

from adapters.national.settlements import Output
from adapters.wording import FILINGS, MATCHES
from schemas.answers import MatchAnswered, MatchesFiled, MatchesFound, MatchesWithdrawn, MatchFiling


def matched(answer: MatchesFiled | MatchesWithdrawn | MatchesFound) -> list[Output]:
    """Return the rows of an answer, in its order."""
    if isinstance(answer, MatchesFound):
        return [{**_filing(one), "memo": FILINGS[one.state]} for one in answer.filings]
    return [_row(one) for one in answer.matches]


def _row(one: MatchAnswered) -> Output:
    codes: Output = {"fixmedins_hilist_id": one.local_code, "med_list_codg": one.catalog_code}
    return {**codes, **(_filing(one.filing) if one.filing else {}), "memo": MATCHES[one.became]}


def _filing(filing: MatchFiling) -> Output:
    return {
        "fixmedins_hilist_id": filing.local_code,
        "fixmedins_hilist_name": filing.local_name or "",
        "med_list_codg": filing.catalog_code,
        "begndate": filing.valid_from.isoformat(),
        "enddate": filing.valid_to.isoformat() if filing.valid_to else "",
        "match_filing_no": filing.filing_no,
        "match_filing_state": filing.state,
    }
