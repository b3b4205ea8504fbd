"""refused: the service's codes with their statuses, and the words that the facts fix."""

STATUS = {"OTSAuthFailed": 403, "OTSRequestBodyTooLarge": 413, "OTSMethodNotAllowed": 405, "OTSParameterInvalid": 400, "OTSInvalidPK": 400,
          "OTSOutOfRowSizeLimit": 400, "OTSOutOfColumnCountLimit": 400, "OTSConditionCheckFail": 403, "OTSQuotaExhausted": 403,
          "OTSObjectNotExist": 404, "OTSObjectAlreadyExist": 409, "OTSRowOperationConflict": 409,
          "OTSSessionNotExist": 404, "OTSDataOutOfRange": 400}
INVALID, KEY, MISSING, EXISTS, CONDITION = ("OTSParameterInvalid", "OTSInvalidPK", "OTSObjectNotExist", "OTSObjectAlreadyExist",
                                            "OTSConditionCheckFail")


class Refused(Exception):
    """Why a request, or one row of it, is not done. Several codes where several rules are broken at once, or where the facts name
    two codes for one rule. `words`: what the message must be, where that is known."""

    def __init__(self, codes, words=None):
        super().__init__(codes, words)
        self.codes = {codes} if isinstance(codes, str) else set(codes)
        self.words = words

    def matches(self, answer):
        code = answer["code"]
        return (code in self.codes and answer.get("status", STATUS[code]) == STATUS[code]
                and (self.words is None or answer["message"] == self.words))


def check(codes):
    """Refuses when there is any code."""
    codes = set(codes)
    if codes:
        raise Refused(codes)


def no_table():
    return Refused(MISSING, "Requested table does not exist.")
