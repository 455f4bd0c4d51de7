"""What is wrong with a question or an input, with the codes that clients of the DNA API know."""

from edge_agent.domain.errors import Refused

_TOLD = {
    "DBNotExist": "The DNA database does not exist.",
    "ResourceNotFound": 'The resource operated "{}" cannot be found.',
    "ResourceContentBad": 'The content of the resource operated "{}" is bad.',
    "NoAudioStream": 'The resource operated "{}" has no audio stream.',
    "BucketNameInvalid": 'The specified bucket "{}" is invalid.',
    "LocationInvalid": 'The specified location "{}" is invalid.',
    "ObjectKeyInvalid": 'The specified object "{}" is invalid.',
    "JsonFormatInvalid": 'The parameter "{}" does not conform to the JSON Object specification.',
    "NullValue": 'The specified parameter "{}" cannot be null.',
    "EmptyValue": 'The specified parameter "{}" cannot be empty.',
    "OutOfRange": 'The specified parameter "{}" is out of range.',
    "NumberFormatInvalid": 'The specified parameter "{}" is no number.',
    "Format": 'The format of the specified parameter "{}" is invalid.',
    "NotSupported": 'The specified parameter "{}" is not supported.',
    "UUIDFormatInvalid": (
        'The parameter "{}" is invalid.A uuid must:1)be comprised of chracters[a-f],numbers[0-9];'
        "2)be 32 characters long"
    ),
}


class DnaRefusal(Refused):
    """Refused in the words of the DNA API.

    Attributes:
        dna: the API's code, such as `InvalidParameter.DBNotExist`.
    """

    def __init__(self, name: str = "", about: str = "") -> None:
        self.dna = f"InvalidParameter.{name}" if name else "InvalidParameter"
        told = _TOLD.get(name, 'The specified parameter "{}" is invalid.')
        super().__init__(told.format(about), field=about or None)
