"""Image-text packs: the three forms of tokenizers, and towers of the real shape."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from edge_agent.domain.errors import Unusable
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.packs import PackOptions, choose
from edge_agent.vision.vision import Vision
from tests.support.towers import (
    COLOURS,
    CONTEXT,
    IMAGE,
    clip_form,
    filled,
    image_tower,
    loaded,
    numbers,
    pack,
    text_tower,
    tokens,
)

PUBLISHED = "clip_bpe_simple_vocab_16e6.txt.gz"


def wordpiece() -> bytes:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "green", "blue", "红", "绿", "蓝", "##ish"]
    return "\n".join(words).encode()


def sentencepiece() -> bytes:
    """A unigram model as SigLIP's tokenizer.json holds one, with `</s>` behind every text."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -5.0)]
    pieces += [(f"▁{word}", -3.0) for word in COLOURS]
    pieces += [(letter, -9.0) for letter in "abcdefghijklmnopqrstuvwxyz"]
    made = Tokenizer(models.Unigram(pieces, unk_id=2, byte_fallback=False))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return made.to_str().encode()


def test_clips_published_merges_give_the_published_numbers() -> None:
    """As https://github.com/openai/CLIP tokenizes them."""
    mirror = os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    path = Path(mirror or "", PUBLISHED)
    if not mirror or not path.is_file():
        pytest.skip(f"needs {PUBLISHED} in EDGE_AGENT_MODEL_MIRROR")
    made = tokens("clip-bpe", path.read_bytes())
    assert numbers(made, "a photo of a cat") == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert numbers(made, "Hello   WORLD!") == [49406, 3306, 1002, 256, 49407]
    assert numbers(made, "") == [49406, 49407]
    cut = numbers(made, "cat " * 99)
    assert len(cut) == CONTEXT
    assert cut[-1] == 49407
    ids, _ = made.of("a")
    assert list(ids[0][3:]) == [0] * (CONTEXT - 3)


def test_wordpieces_of_chinese_stand_each_for_itself() -> None:
    made = tokens("wordpiece", wordpiece())
    assert numbers(made, "Red 红绿 greenish 猫") == [2, 4, 7, 8, 5, 10, 1, 3]


def test_a_tokenizer_json_is_read_as_it_is() -> None:
    made = tokens("tokenizer-json", sentencepiece(), pad=0)
    assert numbers(made, "red") == [4, 1]


@pytest.mark.parametrize("form", ["clip-bpe", "wordpiece", "tokenizer-json"])
def test_what_is_no_tokenizer_is_refused_by_name(form: str) -> None:
    with pytest.raises(Unusable, match="tokenizer t cannot be read"):
        tokens(form, b"\x00\xff\x00nothing")


def chinese_clip_form(folder: Path) -> None:
    meanings = dict(zip((7, 8, 9), COLOURS.values(), strict=True))
    tower = text_tower(meanings, 11, CONTEXT, masked=True, kind="INT64")
    pack(
        folder,
        {
            "image": ({**IMAGE, "fit": "squash"}, image_tower()),
            "text": ({"context": CONTEXT, "output": "text_embeds"}, tower),
            "tokenizer": ({"form": "wordpiece"}, wordpiece()),
        },
    )


def siglip_form(folder: Path) -> None:
    meanings = dict(zip((4, 5, 6), COLOURS.values(), strict=True))
    tower = text_tower(meanings, 40, CONTEXT, masked=False, kind="INT64")
    pack(
        folder,
        {
            "image": ({**IMAGE, "fit": "squash"}, image_tower()),
            "text": ({"context": CONTEXT}, tower),
            "tokenizer": ({"form": "tokenizer-json", "pad": 0}, sentencepiece()),
        },
    )


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (clip_form, ("red", "green", "blue")),
        (chinese_clip_form, ("红", "绿", "蓝")),
        (siglip_form, ("red", "green", "blue")),
    ],
)
def test_texts_find_the_pictures_they_describe(
    tmp_path: Path, form: Any, words: tuple[str, ...]
) -> None:
    form(tmp_path)
    vision = loaded(tmp_path)
    assert vision.info.image_text_model is not None
    assert vision.info.image_text_model.startswith("towers/image@")
    texts = [vision.embed_text(word) for word in words]
    wall = np.concatenate([filled(c) for c in ((0, 0, 250), (0, 250, 0), (250, 0, 0))], axis=1)
    boxes = np.array([[0, 0, 60, 40], [60, 0, 120, 40], [120, 0, 180, 40]], np.float32)
    pictures = vision.embed_pictures(wall, boxes)
    assert pictures is not None
    assert pictures.shape == (3, vision.info.image_text_dim)
    assert np.linalg.norm(pictures, axis=1) == pytest.approx(1)
    likeness = np.array([[text @ row for row in pictures] for text in texts if text is not None])
    assert list(likeness.argmax(axis=1)) == [0, 1, 2]
    whole = vision.embed_pictures(wall)
    assert whole is not None
    assert whole.shape == (1, 4)


def test_a_pack_without_one_says_so(tmp_path: Path) -> None:
    vision = Vision.load(choose(PackOptions(folder=tmp_path, pack="core")))
    assert vision.info.image_text_model is None
    assert vision.embed_text("red") is None
    assert vision.embed_pictures(filled((0, 0, 0))) is None


def test_a_vector_of_another_length_than_the_manifest_says_is_no_vector(tmp_path: Path) -> None:
    clip_form(tmp_path)
    path = tmp_path / "manifests" / "towers" / "manifest.json"
    path.write_text(
        path.read_text().replace('"embedding_dimension": 4', '"embedding_dimension": 5')
    )
    with pytest.raises(VisionFailed, match="the manifest says 5"):
        loaded(tmp_path).embed_text("red")


def test_a_text_tower_without_the_named_output_is_unusable(tmp_path: Path) -> None:
    chinese_clip_form(tmp_path)
    path = tmp_path / "manifests" / "towers" / "manifest.json"
    path.write_text(path.read_text().replace('"text_embeds"', '"pooled"'))
    with pytest.raises(Unusable, match="has no output 'pooled'; it has: text_embeds"):
        loaded(tmp_path)


def test_pictures_of_anything_are_of_it_and_the_detectors_beside(tmp_path: Path) -> None:
    clip_form(tmp_path, unlike=0.25, described=[0.1, 0.6])
    vision = loaded(tmp_path)
    own, pooled = vision.info.picture_floors
    assert (own, vision.info.described) == (vision.info.image_text_model, (0.1, 0.6))
    assert vision.info.picture_floors[own] == 0.25
    assert (pooled.split("@")[0], pooled.split("+")[1]) == ("towers/core-people", "gem3")
    look = vision.look_at_picture(filled((0, 0, 250)))
    assert (look.vector.shape, list(look.others)) == ((4,), [pooled])
    assert look.others[pooled].shape != look.vector.shape


def test_similarities_of_texts_must_rise(tmp_path: Path) -> None:
    clip_form(tmp_path, described=[0.6, 0.1])
    with pytest.raises(Unusable, match="described has the lower similarity first"):
        loaded(tmp_path)
