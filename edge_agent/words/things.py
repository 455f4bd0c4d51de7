"""Words for what a detector finds in pictures, beyond the names in `domain.objects`."""

from edge_agent.domain.objects import OBJECTS
from edge_agent.words.entries import Entry, Role, forms

_MORE = {
    "bicycle": (
        "bike | cycle | mountain bike | tricycle",
        "单车 | 脚踏车 | 山地车 | 山地自行车 | 三轮车 | 电动自行车",
    ),
    "car": (
        (
            "automobile | suv | race car | taxi | cab | van | jeep | minivan | sedan | racecar"
            " | police car | sports car | convertible | limousine | station wagon | go-kart"
        ),
        (
            "轿车 | 小汽车 | 小车 | 小轿车 | 出租车 | 面包车 | 吉普车 | 警车 | 跑车 | 私家车"
            " | 敞篷车 | 老爷车 | 婚车 | 卡丁车 | 商务车 | 的士 | 豪车"
        ),
    ),
    "motorcycle": (
        "motorbike | scooter | dirt bike | moped | dirtbike | motor bike",
        "摩托 | 机车 | 越野摩托 | 电动车 | 电瓶车 | 小摩托 | 越野摩托车 | 踏板车",
    ),
    "airplane": (
        "aeroplane | plane | aircraft | jet | airliner | glider | helicopter",
        "客机 | 战斗机 | 直升机 | 喷气机 | 直升飞机 | 滑翔机 | 民航机 | 航班",
    ),
    "bus": (
        "coach | minibus | school bus",
        "公交车 | 巴士 | 大巴 | 客车 | 公交 | 校车 | 大巴车 | 双层巴士 | 中巴 | 公车",
    ),
    "train": (
        "tram | subway | locomotive | metro",
        "列车 | 地铁 | 电车 | 高铁 | 动车 | 火车头 | 有轨电车",
    ),
    "truck": (
        (
            "lorry | lorries | pickup | pickup truck | dump truck | fire truck | fire engine"
            " | tractor | garbage truck | tow truck | forklift"
        ),
        (
            "货车 | 皮卡 | 大卡车 | 皮卡车 | 消防车 | 大货车 | 货运车 | 救火车 | 拖拉机 | 垃圾车"
            " | 拖车 | 油罐车 | 工程车 | 叉车"
        ),
    ),
    "boat": (
        (
            "ship | canoe | kayak | sailboat | rowboat | raft | yacht | ferry | gondola"
            " | dinghy | speedboat | motorboat | rowing boat | lifeboat | barge | tugboat"
            " | cruise ship | vessel"
        ),
        (
            "小船 | 轮船 | 皮划艇 | 独木舟 | 帆船 | 船只 | 游艇 | 渔船 | 木筏 | 皮筏"
            " | 皮筏艇 | 快艇 | 汽艇 | 划艇 | 橡皮艇 | 渡轮 | 竹筏 | 赛艇 | 游船 | 木船"
            " | 橡皮船 | 救生艇 | 摩托艇 | 龙舟 | 货船 | 船舶 | 邮轮 | 汽船 | 小舟 | 舟"
            " | 气垫船"
        ),
    ),
    "traffic_light": ("traffic signal | stoplight", "交通灯 | 信号灯 | 交通信号灯 | 红灯 | 绿灯"),
    "fire_hydrant": ("hydrant", "消火栓"),
    "stop_sign": ("", "停止标志"),
    "bench": ("park bench", "长凳 | 长板凳 | 长条椅 | 板凳 | 长条凳 | 石凳"),
    "bird": (
        (
            "duck | seagull | pigeon | goose | geese | swan | parrot | eagle | hawk | crane"
            " | ostrich | crow | flamingo | peacock | sparrow | pelican | heron | falcon"
            " | magpie"
        ),
        (
            "小鸟 | 鸟儿 | 鸭子 | 海鸥 | 鸽子 | 飞鸟 | 大鸟 | 鸟类 | 鸭 | 鹅 | 天鹅 | 鹦鹉"
            " | 老鹰 | 鹰 | 麻雀 | 白鹭 | 鸵鸟 | 乌鸦 | 喜鹊 | 燕子 | 孔雀 | 火烈鸟 | 鹤"
            " | 猎鹰 | 鹈鹕 | 苍鹭 | 水鸟 | 海鸟"
        ),
    ),
    "cat": ("kitten | kitty", "猫咪 | 小猫 | 猫儿 | 花猫 | 黑猫 | 白猫 | 大猫"),
    "dog": (
        (
            "puppy | puppies | hound | greyhound | terrier | poodle | labrador | retriever | doggy"
            " | collie | german shepherd | golden retriever | bulldog | dalmatian | husky | canine"
            " | pup | beagle | chihuahua | pug | corgi | spaniel | mastiff | rottweiler | doberman"
            " | mutt | sheepdog | dachshund | schnauzer | pit bull"
        ),
        (
            "小狗 | 犬 | 狗狗 | 大狗 | 猎犬 | 狗儿 | 小狗狗 | 牧羊犬 | 灰狗 | 猎狗 | 贵宾犬"
            " | 斑点狗 | 哈士奇 | 金毛 | 拉布拉多 | 斗牛犬 | 赛犬 | 卷毛狗 | 哈巴狗"
            " | 德国牧羊犬 | 宠物狗 | 狼狗 | 幼犬 | 警犬 | 导盲犬 | 雪橇犬 | 柯基 | 吉娃娃"
            " | 沙皮狗 | 柴犬 | 博美 | 萨摩耶 | 边牧 | 边境牧羊犬 | 比特犬 | 土狗 | 京巴"
            " | 松狮 | 腊肠狗 | 腊肠犬 | 雪纳瑞"
        ),
    ),
    "horse": (
        "pony | ponies | mare | foal | stallion | horse carriage",
        (
            "马儿 | 小马 | 马匹 | 骏马 | 白马 | 黑马 | 野马 | 棕马 | 大马 | 马车 | 马背 | 马背上"
            " | 马驹"
        ),
    ),
    "sheep": ("lamb | goat | ram | ewe", "绵羊 | 山羊 | 羊群 | 小羊 | 羔羊 | 羊羔"),
    "cow": (
        "cattle | bull | calf | calves | ox | oxen | buffalo",
        "奶牛 | 公牛 | 黄牛 | 水牛 | 小牛 | 牛群 | 牛犊 | 母牛 | 耕牛",
    ),
    "elephant": ("", "象 | 小象 | 象群"),
    "bear": ("polar bear | grizzly", "狗熊 | 棕熊 | 黑熊 | 北极熊 | 白熊"),
    "umbrella": ("parasol", "伞 | 太阳伞 | 遮阳伞 | 阳伞 | 花伞 | 小伞"),
    "tie": ("necktie | bow tie", "领结"),
    "suitcase": (
        "luggage | trolley case | travel case",
        "拉杆箱 | 旅行箱 | 皮箱 | 行李 | 手提箱 | 旅行袋",
    ),
    "frisbee": ("flying disc | disc | disk", "飞碟 | 圆盘 | 飞盘儿"),
    "skis": ("ski | ski poles", "滑雪橇 | 滑雪杖 | 雪橇板 | 双板"),
    "snowboard": ("snow board | snowboards", "雪板"),
    "sports_ball": (
        (
            "soccer ball | football | basketball | tennis ball | baseball | volleyball | golf ball"
            " | softball | beach ball | rugby ball | toy ball"
        ),
        (
            "足球 | 篮球 | 网球 | 棒球 | 橄榄球 | 排球 | 皮球 | 垒球 | 高尔夫球 | 羽毛球 | 乒乓球"
            " | 小球 | 沙滩球 | 圆球 | 保龄球 | 手球 | 水球 | 玩具球 | 彩球"
        ),
    ),
    "kite": ("", "纸鸢"),
    "baseball_bat": ("bat", "球棒 | 球棍 | 棒球棍"),
    "baseball_glove": ("mitt", "棒球套 | 接球手套"),
    "skateboard": ("skate board | longboard", "滑板车 | 长板 | 四轮滑板"),
    "surfboard": ("surf board | wakeboard | bodyboard | boogie board", "滑水板 | 尾波板"),
    "tennis_racket": ("racket | tennis racquet | racquet", "球拍 | 拍子 | 羽毛球拍"),
    "bottle": (
        "water bottle | beer bottle | plastic bottle",
        "水瓶 | 瓶 | 酒瓶 | 啤酒瓶 | 奶瓶 | 水壶 | 矿泉水 | 塑料瓶 | 饮料瓶",
    ),
    "wine_glass": ("wineglass | champagne glass", "高脚杯 | 红酒杯 | 葡萄酒杯 | 玻璃杯"),
    "cup": ("mug | teacup | paper cup", "水杯 | 茶杯 | 杯 | 咖啡杯 | 马克杯 | 纸杯 | 酒盅"),
    "fork": ("", "餐叉 | 叉"),
    "spoon": ("", "汤匙 | 汤勺 | 调羹 | 勺"),
    "banana": ("", "芭蕉"),
    "sandwich": ("sandwiches", "三文治"),
    "donut": ("doughnut", "面包圈"),
    "cake": ("birthday cake | cupcake", "生日蛋糕 | 纸杯蛋糕 | 糕点"),
    "pizza": ("", "比萨 | 匹萨 | 比萨饼 | 披萨饼"),
    "hot_dog": ("hotdog", ""),
    "carrot": ("", "红萝卜"),
    "broccoli": ("", "花椰菜"),
    "knife": ("knives", "刀子 | 小刀 | 菜刀 | 餐刀 | 匕首 | 水果刀"),
    "bowl": ("", "碗里 | 饭碗 | 大碗 | 小碗"),
    "chair": (
        "armchair | stool | rocking chair | lawn chair | deck chair",
        "凳子 | 椅 | 躺椅 | 沙滩椅 | 摇椅 | 折叠椅 | 小板凳 | 扶手椅 | 高脚凳 | 凳 | 木凳",
    ),
    "couch": ("sofa | loveseat", "长沙发 | 沙发椅"),
    "potted_plant": ("plant | houseplant", "植物 | 盆景 | 绿植 | 花盆"),
    "dining_table": (
        "desk | dining table | picnic table | coffee table",
        "餐桌 | 桌 | 书桌 | 办公桌 | 饭桌 | 课桌 | 圆桌 | 茶几 | 桌面 | 木桌",
    ),
    "tv": (
        "tv | tv set | screen | monitor | television set",
        "电视机 | 屏幕 | 显示器 | 荧幕 | 显示屏 | 大屏幕",
    ),
    "laptop": ("notebook computer | computer", "笔记本 | 电脑 | 手提电脑 | 计算机 | 平板电脑"),
    "cell_phone": (
        "cell phone | cellphone | phone | smartphone | telephone | mobile",
        "电话 | 智能手机 | 移动电话 | 打电话 | 玩手机",
    ),
    "microwave": ("microwave oven", ""),
    "oven": ("stove", "炉子 | 炉灶 | 烤炉"),
    "toaster": ("", "面包机"),
    "sink": ("washbasin", "洗手池 | 洗脸盆 | 水池子 | 洗碗池"),
    "toilet": ("", "坐便器 | 抽水马桶"),
    "bed": ("bunk bed | crib", "床上 | 大床 | 小床 | 婴儿床 | 床铺"),
    "refrigerator": ("fridge", "电冰箱 | 冰柜"),
    "book": (
        "magazine | textbook | dictionary | comic book | picture book | bookshelf | bookshelves",
        (
            "书本 | 书籍 | 杂志 | 课本 | 一本书 | 图书 | 小说 | 看书 | 读书 | 绘本 | 字典 | 漫画书"
            " | 故事书 | 书架"
        ),
    ),
    "clock": ("", "时钟 | 闹钟 | 挂钟 | 钟表"),
    "vase": ("", "花樽"),
    "scissors": ("", "剪子"),
    "remote": ("remote", "遥控"),
    "teddy_bear": (
        "teddy | stuffed animal | stuffed toy",
        "泰迪熊 | 毛绒玩具 | 布娃娃熊 | 小熊玩具 | 毛绒熊 | 毛绒公仔",
    ),
    "hair_drier": ("hair dryer", ""),
}
"""COCO's 80 classes by the words people use, as a general vocabulary has them."""

_AS_WORN = frozenset({"person", "backpack", "handbag", "orange", "mouse"})
"""Called otherwise: by words for people, bags and colours; a bare mouse is an animal."""


_KINDS_OF = (
    ("vehicle", "car truck bus motorcycle bicycle", "vehicle", "车 | 车子 | 车辆 | 机动车"),
    ("racing", "car motorcycle", "racing vehicle | off-road vehicle", "赛车 | 越野车"),
    ("ambulance", "car truck", "ambulance", "救护车"),
    ("carriage", "train bus", "train car | carriage", "车厢"),
    ("pointing device", "mouse", "computer mouse", "鼠标"),
    ("citrus fruit", "orange", "tangerine | mandarin", "橙子 | 橘子 | 桔子 | 柑橘"),
    ("seat", "chair bench couch", "seat", "座位 | 座椅 | 位子"),
    ("animal", "dog cat horse sheep cow", "pet | livestock", "宠物 | 牲口 | 家畜"),
)
"""Words that are wider than a class: 车 is whatever has wheels."""


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


def _kind_of(key: str, classes: str, en: str, zh: str) -> Entry:
    return Entry(
        role=Role.OBJECT,
        key=key,
        any_of=tuple((one, one) for one in classes.split()),
        colours=tuple(f"{one}_colour" for one in classes.split()),
        en=forms(en),
        zh=forms(zh),
    )


THINGS = (
    *(_entry(word.key, word.en, word.zh) for word in OBJECTS if word.key not in _AS_WORN),
    *(_kind_of(*each) for each in _KINDS_OF),
)
