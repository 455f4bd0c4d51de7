"""Words for what people wear, carry and look like."""

from edge_agent.domain.worn import LOWER, NO, UPPER, YES
from edge_agent.words.entries import Entry, Role, forms


def _colour(key: str, en: str, zh: str) -> Entry:
    return Entry(role=Role.COLOUR, key=key, en=forms(en), zh=forms(zh))


COLOUR_WORDS = (
    _colour("black", "black | dark", "黑色 | 黑 | 深色 | 黑色的 | 乌黑"),
    _colour(
        "grey", "grey | gray | silver | charcoal", "灰色 | 灰 | 银色 | 银灰色 | 银白色 | 灰白色"
    ),
    _colour("white", "white | ivory | cream", "白色 | 白 | 雪白 | 洁白 | 乳白色 | 米白色 | 奶白色"),
    _colour(
        "red",
        "red | maroon | crimson | scarlet | burgundy",
        "红色 | 红 | 大红 | 大红色 | 枣红色 | 酒红色 | 火红",
    ),
    _colour(
        "orange", "orange", "橙色 | 橘色 | 桔色 | 橘黄色 | 橙黄色 | 橘红色 | 橙红色 | 橘黄 | 橙"
    ),
    _colour(
        "brown",
        "brown | tan | beige | khaki | chestnut",
        (
            "棕色 | 棕 | 褐色 | 褐 | 棕褐色 | 红褐色 | 咖啡色 | 卡其色 | 米色 | 米黄色 | 驼色"
            " | 土黄色 | 茶色"
        ),
    ),
    _colour("yellow", "yellow | golden | gold", "黄色 | 黄 | 金色 | 金黄色 | 金黄 | 嫩黄色"),
    _colour(
        "green",
        "green | olive",
        "绿色 | 绿 | 草绿色 | 墨绿色 | 军绿色 | 翠绿色 | 翠绿 | 碧绿 | 果绿色",
    ),
    _colour(
        "blue",
        "blue | navy | navy blue | turquoise | teal | light blue | dark blue",
        (
            "蓝色 | 蓝 | 天蓝色 | 天蓝 | 湖蓝色 | 宝蓝色 | 海蓝色 | 蔚蓝 | 藏青色 | 藏蓝色"
            " | 靛蓝色 | 青色"
        ),
    ),
    _colour(
        "purple", "purple | violet | lilac | lavender", "紫色 | 紫 | 紫红色 | 淡紫色 | 紫罗兰色"
    ),
    _colour("pink", "pink | rose", "粉色 | 粉红色 | 粉红 | 粉 | 玫红色 | 玫瑰色 | 桃红色"),
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
        (
            "clothes | clothing | outfit | garment | attire | apparel | uniform | suit | costume"
            " | overalls | jumpsuit | tracksuit | sportswear | pajamas | kimono | robe"
        ),
        (
            "制服 | 西装 | 服装 | 套装 | 工作服 | 校服 | 西服 | 衣物 | 衣着 | 服饰 | 服 | 运动服"
            " | 运动装 | 球服 | 队服 | 连体衣 | 连身衣 | 背带裤 | 工装 | 军装 | 警服 | 礼服"
            " | 燕尾服 | 睡衣 | 和服 | 长袍 | 浴袍 | 迷彩服 | 戏服"
        ),
        colours=_BOTH,
    ),
    _worn(
        "top",
        "",
        "top | shirt | blouse | sweater | jumper | pullover | hoodie | vest | cardigan | jersey"
        " | sweatshirt | upper clothes | upper body | waistcoat | tunic | polo",
        (
            "上衣 | 衬衫 | 衬衣 | 毛衣 | 卫衣 | 背心 | 马甲 | 衣服 | 衣 | 上身 | 球衣 | 运动衫"
            " | 衫 | 衫子 | 上装 | 衣裳 | 针织衫 | 羊毛衫 | 线衣 | 连帽衫 | 帽衫 | 套头衫 | 坎肩"
            " | 小背心 | 花衬衫 | 救生衣 | 运动上衣"
        ),
        colours=(UPPER,),
    ),
    _worn(
        "t-shirt",
        "long_sleeves:no",
        "t-shirt | t shirt | tee shirt | tee | tshirt | tank top | polo shirt | undershirt",
        (
            "t恤 | t恤衫 | t 恤 | t-恤 | t血衫 | 体恤 | 体恤衫 | 汗衫 | 短袖衫 | 短袖衬衫"
            " | 短袖上衣 | 吊带衫 | 吊带 | 吊带背心 | polo衫"
        ),
        colours=(UPPER,),
    ),
    _worn(
        "coat",
        "coat:yes",
        "coat | jacket | overcoat | parka | anorak | blazer | raincoat | windbreaker | down jacket"
        " | leather jacket | trench coat",
        (
            "外套 | 大衣 | 夹克 | 夹克衫 | 风衣 | 羽绒服 | 棉衣 | 棉袄 | 雨衣 | 皮衣 | 皮夹克"
            " | 棉服 | 冲锋衣 | 外衣 | 开衫 | 皮大衣 | 毛呢大衣 | 雨披 | 防风衣"
        ),
        colours=(UPPER,),
    ),
    _worn(
        "long sleeves",
        "long_sleeves:yes",
        "long sleeves | long-sleeved | long sleeved | long sleeve | long-sleeve",
        "长袖 | 长袖衫 | 长袖上衣 | 长袖衬衫 | 长袖t恤",
        colours=(UPPER,),
    ),
    _worn(
        "short sleeves",
        "long_sleeves:no",
        "short sleeves | short-sleeved | short sleeved | short sleeve | short-sleeve | sleeveless",
        "短袖 | 无袖 | 半袖",
        colours=(UPPER,),
    ),
    _worn(
        "trousers",
        "long_trousers:yes",
        "long trousers | trousers | trouser | pants | long pants | slacks | leggings | sweatpants",
        (
            "长裤 | 裤子 | 裤 | 西裤 | 下装 | 下身 | 休闲裤 | 运动裤 | 紧身裤 | 打底裤 | 运动长裤"
            " | 棉裤 | 皮裤 | 喇叭裤"
        ),
        colours=(LOWER,),
    ),
    _worn(
        "jeans",
        "long_trousers:yes",
        "jeans | blue jeans | denim",
        "牛仔裤 | 牛仔长裤",
        colours=(LOWER,),
    ),
    _worn(
        "shorts",
        "long_trousers:no",
        "shorts | short trousers | short pants | swim trunks | bermudas",
        "短裤 | 泳裤 | 热裤 | 牛仔短裤 | 运动短裤 | 沙滩裤 | 短裤子 | 五分裤 | 中裤 | 大裤衩",
        colours=(LOWER,),
    ),
    _worn(
        "skirt",
        "long_trousers:no",
        "skirt | miniskirt",
        "短裙 | 半身裙 | 迷你裙 | 超短裙 | 百褶裙 | 牛仔裙",
        colours=(LOWER,),
    ),
    _worn(
        "dress",
        "long_trousers:no",
        "dress | gown | wedding dress | sundress",
        (
            "连衣裙 | 裙子 | 长裙 | 裙 | 旗袍 | 婚纱 | 裙装 | 连身裙 | 碎花裙 | 吊带裙 | 公主裙"
            " | 小裙子"
        ),
        colours=_BOTH,
    ),
    _worn(
        "hat",
        "hat:yes",
        (
            "hat | cap | baseball cap | beanie | helmet | hood | hard hat | cowboy hat | straw hat"
            " | sun hat | bonnet | beret"
        ),
        (
            "帽子 | 帽 | 鸭舌帽 | 棒球帽 | 草帽 | 头盔 | 安全帽 | 毛线帽 | 遮阳帽 | 太阳帽"
            " | 针织帽 | 贝雷帽 | 牛仔帽 | 礼帽 | 渔夫帽 | 大檐帽 | 兜帽 | 绒线帽 | 小帽子"
            " | 摩托头盔 | 钢盔"
        ),
        colours=("hat_colour",),
    ),
    _worn(
        "backpack",
        "backpack:yes",
        "backpack | rucksack | knapsack | schoolbag",
        "双肩包 | 背包 | 双肩背包 | 书包 | 登山包 | 旅行背包 | 背囊 | 大背包 | 行囊",
        colours=("backpack_colour",),
    ),
    _worn(
        "bag",
        "bag:yes",
        "bag | handbag | purse | shoulder bag | tote bag | tote | shopping bag | plastic bag"
        " | briefcase | pouch | wallet | sack",
        (
            "手提包 | 包 | 挎包 | 提包 | 手提袋 | 单肩包 | 斜挎包 | 手袋 | 购物袋 | 塑料袋 | 袋子"
            " | 公文包 | 包包 | 皮包 | 腰包 | 钱包 | 拎包 | 手拎包 | 帆布包 | 旅行包 | 布袋 | 纸袋"
            " | 小包 | 大包 | 袋 | 口袋 | 电脑包"
        ),
        colours=("bag_colour",),
    ),
    _worn(
        "long hair",
        "long_hair:yes",
        "long hair | long-haired | long haired | ponytail | pigtail | braid",
        "长发 | 长头发 | 马尾 | 马尾辫 | 辫子 | 披肩发 | 长卷发 | 披肩长发 | 麻花辫 | 双马尾",
        colours=("hair_colour",),
    ),
    _worn(
        "short hair",
        "long_hair:no",
        "short hair | short-haired | short haired | crew cut",
        "短发 | 短头发 | 寸头 | 平头 | 板寸",
        colours=("hair_colour",),
    ),
    _worn("hair", "", "hair | haired", "头发 | 发型 | 卷发 | 发", colours=("hair_colour",)),
    _worn(
        "blond",
        "hair_colour:blond",
        "blond | blonde | blond hair | blonde hair",
        "金发 | 金色头发 | 金黄色头发 | 金发碧眼",
    ),
    _worn("bald", "bald:yes", "bald | bald-headed", "光头 | 秃头 | 秃顶"),
    _worn(
        "beard",
        "beard:yes",
        "beard | bearded | moustache | mustache",
        "胡子 | 络腮胡 | 胡须 | 大胡子 | 小胡子 | 山羊胡",
    ),
    _worn(
        "glasses",
        "glasses:yes",
        "glasses | spectacles | sunglasses | goggles",
        "眼镜 | 墨镜 | 太阳镜 | 太阳眼镜 | 护目镜 | 泳镜 | 黑框眼镜",
        colours=("glasses_colour",),
    ),
    _worn("mask", "mask:yes", "mask | face mask | surgical mask", "口罩 | 面罩 | 面具"),
    _worn(
        "scarf",
        "scarf:yes",
        "scarf | shawl | headscarf | bandana | bandanna",
        "围巾 | 丝巾 | 头巾 | 围脖 | 披肩 | 纱巾",
    ),
    _worn(
        "gloves",
        "gloves:yes",
        "glove | mittens | boxing glove",
        "手套 | 拳击手套 | 皮手套",
        colours=("gloves_colour",),
    ),
    _worn(
        "shoes",
        "",
        "shoe | boot | sneaker | sandals | trainers | heels | high heels | slippers | flip flops"
        " | flip-flops | socks | stockings | footwear",
        (
            "鞋子 | 鞋 | 靴子 | 运动鞋 | 高跟鞋 | 拖鞋 | 凉鞋 | 袜子 | 靴 | 皮鞋 | 球鞋 | 帆布鞋"
            " | 长靴 | 雨靴 | 人字拖 | 丝袜 | 溜冰鞋 | 布鞋"
        ),
        colours=("shoe_colour",),
    ),
    _worn(
        "swimsuit",
        "swimsuit:yes",
        "swimsuit | bathing suit | swimwear | bikini | wetsuit",
        "泳衣 | 比基尼 | 泳装 | 游泳衣 | 潜水服",
    ),
    _worn(
        "striped",
        "pattern:striped",
        "striped | stripe | stripes | stripy",
        "条纹 | 条纹衫 | 条纹的 | 横条纹 | 竖条纹 | 条纹状",
    ),
    _worn(
        "checked",
        "pattern:checked",
        "checked | plaid | checkered | tartan",
        "格子 | 方格 | 格纹 | 花格",
    ),
    _worn("floral", "pattern:floral", "floral | flowery | flowered", "碎花 | 花纹 | 印花 | 带花"),
    _worn(
        "shirtless",
        "shirtless:yes",
        "shirtless | topless | bare-chested | bare chested | bare chest",
        (
            "赤膊 | 光着上身 | 赤裸上身 | 赤裸着上身 | 光膀子 | 光着膀子 | 赤着上身 | 裸着上身"
            " | 没穿上衣"
        ),
    ),
)

YES_OR_NO = frozenset({YES, NO})
