"""Texts as the numbers that text towers take.

By the `tokenizers` library, which reads all three forms (CLIP's byte pairs, BERT's word pieces,
sentencepiece as a tokenizer.json) and is what these models were trained or published with; written
out, each would be a hundred lines to get subtly wrong. It brings a client of a model hub with it,
which nothing here imports; therefore it is installed with the extra `image-text` only, and loaded
with such a pack only.
"""

import gzip
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_agent.domain.errors import Unusable
from edge_agent.vision.image_text_task import TokenizerFile

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Tokens = npt.NDArray[np.int64]

_GZIP = b"\x1f\x8b"
_CLIP_MERGES = 49_152 - 256 - 2
"""CLIP uses so many of the merges in its file: its vocabulary has 49,408 words, twice 256 of them
bytes, two of them marks."""
_START, _END = "<|startoftext|>", "<|endoftext|>"
_CLIP_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_LATIN_SIGNS = ((0x21, 0x7E), (0xA1, 0xAC), (0xAE, 0xFF))


class TextTokens:
    """Turns texts into rows of numbers; may be called from several threads."""

    def __init__(self, task: TokenizerFile, data: bytes, context: int) -> None:
        """Read a tokenizer.

        Args:
            task: its form.
            data: content of its file.
            context: numbers per text.

        Raises:
            Unusable: the library is not installed, or the file is not of that form.
        """
        try:
            import tokenizers  # noqa: F401, PLC0415 - only with such a pack
        except ImportError as error:
            raise Unusable(
                "image-text packs need the tokenizers library: pip install 'edge-agent[image-text]'"
            ) from error
        try:
            made, pad = _MAKERS[task.form](data, task)
        except Exception as error:  # the library raises plain Exception
            raise Unusable(f"tokenizer {task.name} cannot be read: {error}") from error
        pad = pad if task.pad is None else task.pad
        made.enable_truncation(context)
        made.enable_padding(length=context, pad_id=pad, pad_token=made.id_to_token(pad) or "")
        self._tokenizer = made

    def of(self, text: str) -> tuple[Tokens, Tokens]:
        """(1, context) numbers, and (1, context) 1 where there is a token and 0 behind."""
        encoding = self._tokenizer.encode(text)
        return (
            np.array([encoding.ids], np.int64),
            np.array([encoding.attention_mask], np.int64),
        )


def _clip(data: bytes, _: TokenizerFile) -> tuple["Tokenizer", int]:
    """CLIP's own file: a line of comment, then one merge a line (Radford et al., 2021)."""
    from tokenizers import (  # noqa: PLC0415
        Regex,
        Tokenizer,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    text = (gzip.decompress(data) if data.startswith(_GZIP) else data).decode("utf-8")
    lines = text.split("\n")[1 : _CLIP_MERGES + 1]
    merges = [(pair[0], pair[1]) for pair in (line.split() for line in lines if line)]
    signs = _byte_signs()
    words = [*signs, *(f"{sign}</w>" for sign in signs), *(a + b for a, b in merges), _START, _END]
    vocabulary = {word: number for number, word in enumerate(words)}
    made = Tokenizer(
        models.BPE(vocab=vocabulary, merges=merges, end_of_word_suffix="</w>", unk_token=_END)
    )
    made.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CLIP_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    start, end = vocabulary[_START], vocabulary[_END]
    made.post_processor = processors.TemplateProcessing(
        single=f"{_START} $A {_END}", special_tokens=[(_START, start), (_END, end)]
    )
    return made, 0


def _byte_signs() -> list[str]:
    """The sign that stands for each byte, in the order of CLIP's vocabulary."""
    shown = [code for first, last in _LATIN_SIGNS for code in range(first, last + 1)]
    hidden = [code for code in range(256) if code not in shown]
    return [*map(chr, shown), *(chr(256 + number) for number in range(len(hidden)))]


def _wordpiece(data: bytes, task: TokenizerFile) -> tuple["Tokenizer", int]:
    from tokenizers import (  # noqa: PLC0415
        Tokenizer,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    words = data.decode("utf-8").splitlines()
    vocabulary = {word: number for number, word in enumerate(words)}
    made = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))  # noqa: S106
    made.normalizer = normalizers.BertNormalizer(lowercase=task.lower_case)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = [(mark, vocabulary[mark]) for mark in ("[CLS]", "[SEP]")]
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=marks
    )
    return made, vocabulary["[PAD]"]


def _json(data: bytes, _: TokenizerFile) -> tuple["Tokenizer", int]:
    from tokenizers import Tokenizer  # noqa: PLC0415

    made = Tokenizer.from_str(data.decode("utf-8"))
    padding: dict[str, Any] = made.padding or {}
    return made, int(padding.get("pad_id", 0))


_MAKERS = {"clip-bpe": _clip, "wordpiece": _wordpiece, "tokenizer-json": _json}
