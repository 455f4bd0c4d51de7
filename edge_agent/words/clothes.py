"""Words for what people wear, carry and look like."""

from edge_agent.domain.worn import LOWER, NO, PRESENTS, UPPER, YES
from edge_agent.words.entries import Entry, Role, forms


def _colour(key: str, en: str, zh: str) -> Entry:
    return Entry(role=Role.COLOUR, key=key, en=forms(en), zh=forms(zh))


COLOUR_WORDS = (
    _colour("black", "black | dark", "黑色 | 黑 | 深色 | 黑色的"),
    _colour("grey", "grey | gray | silver", "灰色 | 灰 | 银色"),
    _colour("white", "white", "白色 | 白"),
    _colour("red", "red | maroon | crimson | scarlet", "红色 | 红 | 大红 | 深红 | 深红色 | 枣红色"),
    _colour("orange", "orange", "橙色 | 橘色 | 橘黄色 | 橙黄色 | 橘红色 | 橘黄 | 橙"),
    _colour(
        "brown", "brown | tan | beige | khaki", "棕色 | 棕 | 褐色 | 咖啡色 | 卡其色 | 米色 | 驼色"
    ),
    _colour("yellow", "yellow | golden", "黄色 | 黄 | 金色 | 金黄色"),
    _colour("green", "green | olive", "绿色 | 绿 | 草绿色 | 墨绿色 | 军绿色"),
    _colour(
        "blue",
        "blue | navy | navy blue | turquoise | light blue | dark blue",
        "蓝色 | 蓝 | 深蓝色 | 浅蓝色 | 天蓝色 | 藏青色 | 深蓝 | 浅蓝 | 淡蓝色",
    ),
    _colour("purple", "purple | violet | lilac", "紫色 | 紫"),
    _colour("pink", "pink | rose", "粉色 | 粉红色 | 粉红 | 粉 | 玫红色"),
)


def _worn(key: str, any_of: str, en: str, zh: str, *, colours: tuple[str, ...] = ()) -> Entry:
    """A garment or trait; `any_of` as `hat:yes`, or empty where only its colour is told."""
    pairs = [one.partition(":")[::2] for one in any_of.split()]
    return Entry(
        role=Role.GARMENT,
        key=key,
        any_of=tuple((name, value) for name, value in pairs),
        colours=colours,
        en=forms(en),
        zh=forms(zh),
    )


_BOTH = (UPPER, LOWER)

GARMENTS = (
    _worn(
        "clothes",
        "",
        "clothes | clothing | outfit | garment | uniform | suit | costume | overalls",
        "制服 | 西装 | 服装 | 套装 | 工作服 | 校服",
        colours=_BOTH,
    ),
    _worn(
        "top",
        "",
        "top | shirt | blouse | sweater | jumper | pullover | hoodie | vest | cardigan | jersey"
        " | sweatshirt | upper clothes | upper body",
        "上衣 | 衬衫 | 衬衣 | 毛衣 | 卫衣 | 背心 | 马甲 | 衣服 | 衣 | 上身 | 球衣 | 运动衫 | 衫",
        colours=(UPPER,),
    ),
    _worn(
        "t-shirt",
        "long_sleeves:no",
        "t-shirt | t shirt | tee shirt | tshirt | tank top | polo shirt",
        "t恤 | t恤衫 | 体恤 | 短袖衫 | 短袖衬衫",
        colours=(UPPER,),
    ),
    _worn(
        "coat",
        "coat:yes",
        "coat | jacket | overcoat | parka | anorak | blazer | raincoat",
        "外套 | 大衣 | 夹克 | 夹克衫 | 风衣 | 羽绒服 | 棉衣 | 棉袄 | 雨衣",
        colours=(UPPER,),
    ),
    _worn(
        "long sleeves",
        "long_sleeves:yes",
        "long sleeves | long-sleeved | long sleeved | long sleeve | long-sleeve",
        "长袖 | 长袖衫",
        colours=(UPPER,),
    ),
    _worn(
        "short sleeves",
        "long_sleeves:no",
        "short sleeves | short-sleeved | short sleeved | short sleeve | short-sleeve | sleeveless",
        "短袖 | 无袖",
        colours=(UPPER,),
    ),
    _worn(
        "trousers",
        "long_trousers:yes",
        "long trousers | trousers | trouser | pants | long pants | slacks | leggings",
        "长裤 | 裤子 | 裤 | 西裤 | 下装 | 下身",
        colours=(LOWER,),
    ),
    _worn("jeans", "long_trousers:yes", "jeans | blue jeans | denim", "牛仔裤", colours=(LOWER,)),
    _worn(
        "shorts",
        "long_trousers:no",
        "shorts | short trousers | short pants | swim trunks",
        "短裤 | 泳裤",
        colours=(LOWER,),
    ),
    _worn("skirt", "long_trousers:no", "skirt | miniskirt", "短裙 | 半身裙", colours=(LOWER,)),
    _worn(
        "dress",
        "long_trousers:no",
        "dress | gown",
        "连衣裙 | 裙子 | 长裙 | 裙 | 旗袍",
        colours=_BOTH,
    ),
    _worn(
        "hat",
        "hat:yes",
        "hat | cap | baseball cap | beanie | helmet | hood",
        "帽子 | 帽 | 鸭舌帽 | 棒球帽 | 草帽 | 头盔 | 安全帽 | 毛线帽",
        colours=("hat_colour",),
    ),
    _worn(
        "backpack",
        "backpack:yes",
        "backpack | rucksack | knapsack | schoolbag",
        "双肩包 | 背包 | 双肩背包 | 书包",
        colours=("backpack_colour",),
    ),
    _worn(
        "bag",
        "bag:yes",
        "bag | handbag | purse | shoulder bag | tote bag | tote | shopping bag | plastic bag"
        " | briefcase",
        "手提包 | 包 | 挎包 | 提包 | 手提袋 | 单肩包 | 斜挎包 | 手袋 | 购物袋 | 塑料袋 | 袋子"
        " | 公文包",
        colours=("bag_colour",),
    ),
    _worn(
        "long hair",
        "long_hair:yes",
        "long hair | long-haired | long haired | ponytail | pigtail",
        "长发 | 长头发 | 马尾 | 马尾辫 | 辫子",
        colours=("hair_colour",),
    ),
    _worn(
        "short hair",
        "long_hair:no",
        "short hair | short-haired | short haired",
        "短发 | 短头发",
        colours=("hair_colour",),
    ),
    _worn("hair", "", "hair | haired", "头发", colours=("hair_colour",)),
    _worn("blond", "hair_colour:blond", "blond | blonde | blond hair | blonde hair", "金发"),
    _worn("bald", "bald:yes", "bald", "光头 | 秃头"),
    _worn("beard", "beard:yes", "beard | bearded | moustache | mustache", "胡子 | 络腮胡 | 胡须"),
    _worn(
        "glasses",
        "glasses:yes",
        "glasses | spectacles | sunglasses | goggles",
        "眼镜 | 墨镜 | 太阳镜 | 太阳眼镜",
        colours=("glasses_colour",),
    ),
    _worn("mask", "mask:yes", "mask | face mask", "口罩 | 面罩 | 面具"),
    _worn("scarf", "scarf:yes", "scarf | shawl | headscarf", "围巾 | 丝巾 | 头巾"),
    _worn("gloves", "gloves:yes", "glove | mittens", "手套", colours=("gloves_colour",)),
    _worn(
        "shoes",
        "",
        "shoe | boot | sneaker | sandals | trainers | heels | socks",
        "鞋子 | 鞋 | 靴子 | 运动鞋 | 高跟鞋 | 拖鞋 | 凉鞋 | 袜子",
        colours=("shoe_colour",),
    ),
    _worn("swimsuit", "swimsuit:yes", "swimsuit | bathing suit | bikini", "泳衣 | 比基尼 | 泳装"),
    _worn("striped", "pattern:striped", "striped | stripes | stripy", "条纹 | 条纹衫 | 条纹的"),
    _worn("checked", "pattern:checked", "checked | plaid | checkered | tartan", "格子 | 方格"),
    _worn("floral", "pattern:floral", "floral | flowery", "碎花 | 花纹"),
    _worn(
        "shirtless",
        "shirtless:yes",
        "shirtless | topless | bare-chested",
        "赤膊 | 光着上身 | 赤裸上身",
    ),
)


def _person(key: str, any_of: str, en: str, zh: str) -> Entry:
    pair = any_of.partition(":")[::2]
    return Entry(
        role=Role.PERSON, key=key, any_of=(pair,) if any_of else (), en=forms(en), zh=forms(zh)
    )


PEOPLE = (
    _person(
        "person",
        "",
        "person | people | someone | somebody | anyone | anybody | everyone | human | customer"
        " | visitor | shopper | guest | passenger | player | crowd | rider | runner | skateboarder"
        " | surfer | skier | snowboarder | cyclist | climber | swimmer | guy | individual",
        "人 | 人们 | 某人 | 顾客 | 客人 | 人群 | 大家 | 行人 | 人员 | 运动员 | 球员 | 选手",
    ),
    _person(
        "man",
        f"{PRESENTS}:man",
        "man | men | male | gentleman | gentlemen | fellow",
        "男人 | 男子 | 男士 | 男性 | 男的 | 先生 | 小伙子 | 男生 | 男青年 | 男",
    ),
    _person(
        "woman",
        f"{PRESENTS}:woman",
        "woman | women | female | lady | ladies",
        "女人 | 女子 | 女士 | 女性 | 女的 | 小姐 | 妇女 | 女生 | 美女 | 姑娘 | 女青年 | 女",
    ),
    _person(
        "child",
        "age:child",
        "child | children | kid | baby | babies | toddler | infant",
        "孩子 | 小孩 | 儿童 | 小孩子 | 婴儿 | 宝宝 | 小朋友 | 幼儿",
    ),
    _person("boy", "age:child", "boy | little boy", "男孩 | 小男孩 | 男童 | 男孩子"),
    _person("girl", "age:child", "girl | little girl", "女孩 | 小女孩 | 女童 | 女孩子"),
    _person(
        "old", "age:old", "elderly | old man | old woman | senior", "老人 | 老年人 | 老头 | 老太太"
    ),
    _person(
        "staff", "staff:yes", "staff | employee | shop assistant | clerk", "员工 | 店员 | 工作人员"
    ),
)

YES_OR_NO = frozenset({YES, NO})
