"""Words for what a detector finds in pictures, beyond the names in `domain.objects`."""

from edge_agent.domain.objects import OBJECTS
from edge_agent.words.entries import Entry, Role, forms

_MORE = {
    "bicycle": ("bike | cycle", "单车 | 脚踏车 | 山地车"),
    "car": ("automobile | vehicle | suv | race car", "轿车 | 小汽车 | 车 | 车子 | 车辆 | 赛车"),
    "motorcycle": ("motorbike | scooter | dirt bike | moped", "摩托 | 机车 | 越野摩托"),
    "airplane": ("aeroplane | plane | aircraft", "客机"),
    "bus": ("coach", "公交车 | 巴士 | 大巴 | 客车"),
    "train": ("tram", "列车 | 地铁 | 电车"),
    "truck": ("lorry | lorries | pickup | pickup truck", "货车 | 皮卡"),
    "boat": ("ship | canoe | kayak | sailboat | rowboat", "小船 | 轮船 | 皮划艇 | 独木舟 | 帆船"),
    "traffic_light": ("traffic signal", "交通灯 | 信号灯"),
    "fire_hydrant": ("hydrant", "消火栓"),
    "stop_sign": ("", "停止标志"),
    "bench": ("park bench", "长凳 | 长板凳"),
    "bird": ("duck | seagull | pigeon", "小鸟 | 鸟儿 | 鸭子 | 海鸥 | 鸽子"),
    "cat": ("kitten", "猫咪 | 小猫"),
    "dog": ("puppy | puppies | hound | greyhound | terrier", "小狗 | 犬 | 狗狗 | 大狗 | 猎犬"),
    "horse": ("pony | ponies", "马儿 | 小马 | 马匹"),
    "sheep": ("lamb | goat", "绵羊 | 山羊"),
    "cow": ("cattle | bull | calf", "奶牛 | 公牛"),
    "elephant": ("", "象"),
    "umbrella": ("parasol", "伞 | 太阳伞 | 遮阳伞"),
    "tie": ("necktie", ""),
    "suitcase": ("luggage | trolley case | travel case", "拉杆箱 | 旅行箱 | 皮箱 | 行李"),
    "frisbee": ("flying disc", "飞碟"),
    "skis": ("ski", "滑雪橇"),
    "snowboard": ("snow board", "雪板"),
    "sports_ball": (
        "soccer ball | football | basketball | tennis ball | baseball | volleyball",
        "足球 | 篮球 | 网球 | 棒球 | 橄榄球 | 排球 | 皮球",
    ),
    "baseball_bat": ("bat", "球棒 | 球棍"),
    "baseball_glove": ("mitt", ""),
    "skateboard": ("skate board", ""),
    "surfboard": ("surf board", "滑水板"),
    "tennis_racket": ("racket | tennis racquet | racquet", "球拍"),
    "bottle": ("water bottle", "水瓶"),
    "wine_glass": ("wineglass", "高脚杯"),
    "cup": ("mug", "水杯 | 茶杯 | 杯"),
    "knife": ("knives", "刀子 | 小刀"),
    "bowl": ("", "碗里"),
    "chair": ("armchair | stool | seat", "凳子 | 座椅 | 座位"),
    "couch": ("sofa", ""),
    "potted_plant": ("plant", "植物"),
    "dining_table": ("desk | dining table", "餐桌 | 桌"),
    "tv": ("tv | tv set | screen | monitor", "电视机 | 屏幕 | 显示器"),
    "laptop": ("notebook computer | computer", "笔记本 | 电脑 | 手提电脑"),
    "remote": ("remote", ""),
    "cell_phone": ("cell phone | cellphone | phone | smartphone | telephone", "电话 | 智能手机"),
    "refrigerator": ("fridge", ""),
    "book": ("magazine", "书本 | 书籍 | 杂志"),
    "teddy_bear": ("teddy | stuffed animal", "泰迪熊"),
    "hair_drier": ("hair dryer", ""),
}
"""COCO's 80 classes by the words people use, as a general vocabulary has them."""

_AS_WORN = frozenset({"person", "backpack", "handbag", "orange", "mouse"})
"""Called otherwise: by words for people, bags and colours; a bare mouse is an animal."""


def _entry(key: str, en: str, zh: str) -> Entry:
    more_en, more_zh = _MORE.get(key, ("", ""))
    return Entry(
        role=Role.OBJECT,
        key=key,
        any_of=((key, key),),
        colours=(f"{key}_colour",),
        en=tuple(dict.fromkeys((en, *forms(more_en)))),
        zh=tuple(dict.fromkeys((zh, *forms(more_zh)))),
    )


THINGS = tuple(_entry(word.key, word.en, word.zh) for word in OBJECTS if word.key not in _AS_WORN)
