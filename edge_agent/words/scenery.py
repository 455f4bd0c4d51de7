"""Words for what stands around people.

No box tells scenery of anybody. It is here so that a colour beside it is taken for its own (green
grass dresses nobody in green), and so that Chinese words that hold the sign of a thing are not
taken for that thing (a zebra crossing holds a zebra, a balloon a ball).
"""

from edge_agent.words.entries import Entry, Role, forms


def _scene(key: str, en: str, zh: str) -> Entry:
    return Entry(
        role=Role.SCENE,
        key=key,
        any_of=(("scene", key.replace(" ", "_")),),
        colours=(f"{key}_colour".replace(" ", "_"),),
        en=forms(en),
        zh=forms(zh),
    )


SCENERY = (
    _scene(
        "grass",
        "grass | lawn | meadow | grassy field | grassy area | grassland",
        "草地 | 草坪 | 草丛 | 草 | 青草 | 草原 | 小草 | 绿草 | 绿地 | 牧场",
    ),
    _scene(
        "field",
        "field | playground | ballpark | stadium | arena | gym | rink | ring | tennis court"
        " | basketball court | football field | soccer field | baseball field | playing field"
        " | racetrack | race track | skate park",
        (
            "球场 | 足球场 | 篮球场 | 网球场 | 棒球场 | 操场 | 运动场 | 体育场 | 体育馆 | 赛场"
            " | 场地 | 场上 | 田野 | 田地 | 田 | 游乐场 | 健身房 | 溜冰场 | 滑雪场 | 滑板场"
            " | 拳击台 | 擂台 | 跑道 | 赛道 | 赛车场 | 空地"
        ),
    ),
    _scene("snow", "snow | ice", "雪 | 雪地 | 白雪 | 积雪 | 雪花 | 冰 | 冰面 | 雪坡 | 雪人 | 雪球"),
    _scene(
        "water",
        "water | swimming pool | pool | lake | river | ocean | sea | wave | stream | pond | creek"
        " | fountain | waterfall | splash | puddle",
        (
            "水 | 水面 | 水里 | 水中 | 水池 | 游泳池 | 泳池 | 池塘 | 池子 | 湖 | 湖水 | 湖面"
            " | 湖泊 | 河 | 河流 | 河水 | 小河 | 河床 | 大海 | 海 | 海洋 | 海面 | 海水"
            " | 海浪 | 波浪 | 浪 | 浪花 | 水花 | 溪流 | 小溪 | 喷泉 | 瀑布 | 水坑"
        ),
    ),
    _scene(
        "beach",
        "beach | beaches | sand | shore | coast | seaside | riverbank | dune | desert",
        (
            "沙滩 | 海滩 | 海边 | 沙子 | 沙地 | 沙 | 岸边 | 岸 | 海岸 | 河边 | 湖边 | 水边 | 池边"
            " | 沙丘 | 沙漠"
        ),
    ),
    _scene(
        "sky",
        (
            "sky | skies | daytime | daylight | dusk | darkness | cloud | sunset | sunrise | sun"
            " | sunlight | sunshine | moon | air | fog | rain | planet"
        ),
        (
            "天空 | 蓝天 | 天 | 白天 | 黄昏 | 黑夜 | 黑暗 | 夜空 | 云 | 云彩 | 白云 | 日落 | 夕阳"
            " | 日出 | 太阳 | 阳光 | 月亮 | 月球 | 空中 | 半空 | 半空中 | 雾 | 雨 | 雨中 | 地球"
            " | 星球 | 全球 | 环球"
        ),
    ),
    _scene(
        "tree",
        "tree | woods | wood | forest | branch | log | leaf | bush | bushes | plant life | jungle"
        " | hedge | palm tree",
        (
            "树 | 树木 | 大树 | 树林 | 森林 | 林中 | 树枝 | 枝条 | 树干 | 木头 | 原木 | 树叶"
            " | 叶子 | 灌木 | 灌木丛 | 丛林 | 棕榈树 | 木"
        ),
    ),
    _scene(
        "mountain",
        "mountain | hill | hillside | rock | stone | boulder | cliff | slope | valley | cave",
        (
            "山 | 高山 | 大山 | 山坡 | 山顶 | 山上 | 山脉 | 雪山 | 小山 | 岩石 | 石头 | 大石头"
            " | 石 | 悬崖 | 峭壁 | 岩壁 | 斜坡 | 坡 | 山谷 | 山洞"
        ),
    ),
    _scene(
        "road",
        "road | path | sidewalk | pavement | highway | trail | track | crosswalk | zebra crossing"
        " | lane | alley | driveway | roadside | curb | intersection | railway | railroad",
        (
            "马路 | 路 | 道路 | 公路 | 小路 | 土路 | 人行道 | 人行横道 | 斑马线 | 街道 | 大街"
            " | 小巷 | 巷子 | 路边 | 路上 | 路面 | 街头 | 街边 | 车道 | 路口 | 十字路口 | 铁路"
            " | 铁轨 | 轨道 | 高速公路"
        ),
    ),
    _scene(
        "building",
        (
            "building | house | wall | window | roof | fence | bridge | tower | church | temple"
            " | shed | tent | balcony | porch | deck | dock | pier | railing | pole | pillar"
            " | ladder | ramp | windmill | cable car | stone wall | brick wall | barn | castle"
            " | hut"
        ),
        (
            "建筑 | 建筑物 | 大楼 | 楼房 | 楼 | 房子 | 房屋 | 屋子 | 小屋 | 墙 | 墙壁 | 围墙"
            " | 窗户 | 窗 | 玻璃窗 | 橱窗 | 屋顶 | 围栏 | 栅栏 | 栏杆 | 篱笆 | 桥 | 大桥 | 塔"
            " | 教堂 | 寺庙 | 帐篷 | 阳台 | 码头 | 柱子 | 杆子 | 梯子 | 坡道 | 城堡 | 风车"
            " | 水车 | 缆车 | 钟楼"
        ),
    ),
    _scene(
        "room",
        "room | kitchen | bathroom | bedroom | living room | classroom | restaurant | cafe | bar"
        " | station | train station | bus station | bus stop | airport | market | supermarket"
        " | mall | museum | library | school | hospital | stage | theatre | theater | tunnel"
        " | subway station | hotel | bookstore | parade | garden | park | zoo | farm | city | town"
        " | village | circus | motel | botanical garden",
        (
            "房间 | 厨房 | 浴室 | 卫生间 | 洗手间 | 厕所 | 卧室 | 客厅 | 教室 | 餐厅 | 饭店 | 餐馆"
            " | 咖啡馆 | 咖啡厅 | 酒吧 | 车站 | 火车站 | 地铁站 | 公交站 | 公交车站 | 汽车站"
            " | 机场 | 飞机场 | 市场 | 超市 | 商场 | 博物馆 | 图书馆 | 学校 | 医院 | 舞台 | 剧院"
            " | 隧道 | 酒店 | 宾馆 | 书店 | 花园 | 公园 | 动物园 | 农场 | 城市 | 小镇 | 村庄"
            " | 广场 | 院子 | 书房 | 包厢 | 马戏团 | 马戏 | 汽车旅馆 | 植物园"
        ),
    ),
    _scene(
        "ground",
        "ground | floor | dirt | mud | soil | carpet | rug | mat | tile | gravel | mosaic",
        (
            "地面 | 地板 | 地上 | 泥土 | 泥 | 泥地 | 泥巴 | 土地 | 尘土 | 灰尘 | 地毯 | 垫子"
            " | 瓷砖 | 碎石 | 水泥地 | 马赛克"
        ),
    ),
    _scene("flower", "flower | petal | bouquet", "花 | 鲜花 | 花朵 | 花束 | 花丛 | 花瓣 | 花儿"),
    _scene(
        "food",
        (
            "food | bread | burger | hamburger | meat | fruit | vegetable | rice | noodles | egg"
            " | candy | ice cream | snack | meal | lunch | dinner | breakfast | milk | coffee"
            " | tea | beer | wine | juice | drink | beverage | soup | cookie | cheese | cocktail"
        ),
        (
            "食物 | 食品 | 面包 | 汉堡 | 汉堡包 | 包子 | 肉 | 牛肉 | 牛排 | 羊肉 | 马肉 | 水果"
            " | 蔬菜 | 米饭 | 饭 | 面条 | 鸡蛋 | 糖果 | 糖 | 冰淇淋 | 冰激凌 | 零食 | 午餐 | 晚餐"
            " | 早餐 | 牛奶 | 咖啡 | 茶 | 啤酒 | 葡萄酒 | 酒 | 果汁 | 饮料 | 汤 | 饼干 | 奶酪"
            " | 苹果汁 | 橙汁 | 鸡尾酒"
        ),
    ),
    _scene(
        "toy",
        (
            "toy | balloon | hot air balloon | doll | swing | slide | trampoline | bubble"
            " | seesaw | hula hoop | puppet | carousel | roller coaster"
        ),
        (
            "玩具 | 气球 | 洋娃娃 | 布娃娃 | 秋千 | 滑梯 | 滑滑梯 | 蹦床 | 泡泡 | 气泡 | 肥皂泡"
            " | 跷跷板 | 呼啦圈 | 木偶 | 旋转木马 | 木马 | 过山车 | 玩具车 | 玩具枪"
            " | 热气球 | 氢气球"
        ),
    ),
    _scene(
        "instrument",
        "guitar | drum | piano | violin | microphone | trumpet | saxophone | instrument"
        " | musical instrument | flute | accordion",
        (
            "吉他 | 鼓 | 钢琴 | 小提琴 | 麦克风 | 话筒 | 喇叭 | 小号 | 萨克斯 | 乐器 | 笛子"
            " | 手风琴 | 琴"
        ),
    ),
    _scene(
        "tool",
        (
            "stick | rope | hose | box | basket | bucket | cart | stroller | wheelchair"
            " | trolley | net | goal | pipe | shovel | broom | hammer | metal | plastic"
            " | cigarette | newspaper | paper | sign | flag | banner | poster | picture"
            " | photo | photograph | painting | money | card | leash | collar | blanket"
            " | towel | pillow | sheet | curtain | tray | plate | dish | pan | pot | candle"
            " | lamp | light | mirror | statue | sculpture | engine | wheel | tire | machine"
            " | equipment | gun | bow | hoop | hurdle | barrier | trash | garbage"
            " | trash can | bin | parachute | trophy | chess | sled | sledge | sleigh"
            " | hammock | rickshaw | nest | birdcage | cage | sickle | spaceship | rocket"
            " | wristwatch | handkerchief | crutch | walking stick | javelin | discus | dart"
            " | whistle | cutlery | excavator | bulldozer | packaging"
        ),
        (
            "棍子 | 棒子 | 木棍 | 树棍 | 绳子 | 绳 | 水管 | 软管 | 盒子 | 箱子 | 纸箱 | 篮子"
            " | 桶 | 水桶 | 推车 | 手推车 | 购物车 | 婴儿车 | 童车 | 轮椅 | 网 | 球网 | 渔网"
            " | 球门 | 球框 | 篮筐 | 管子 | 铲子 | 扫帚 | 锤子 | 金属 | 铁 | 塑料 | 香烟"
            " | 烟 | 报纸 | 报刊 | 纸 | 标志 | 招牌 | 牌子 | 标牌 | 路牌 | 黑板 | 白板"
            " | 旗帜 | 旗子 | 国旗 | 横幅 | 海报 | 照片 | 相片 | 图片 | 油画 | 钱 | 红包"
            " | 卡片 | 皮带 | 项圈 | 毯子 | 毛毯 | 毛巾 | 枕头 | 床单 | 窗帘 | 托盘 | 盘子"
            " | 碟子 | 锅 | 蜡烛 | 灯 | 灯光 | 台灯 | 镜子 | 雕像 | 雕塑 | 引擎 | 轮子"
            " | 车轮 | 轮胎 | 机器 | 设备 | 枪 | 弓 | 障碍 | 障碍物 | 跨栏 | 垃圾 | 垃圾桶"
            " | 杠铃 | 哑铃 | 耳机 | 桌布 | 包裹 | 沙包 | 证书 | 钥匙 | 降落伞 | 滑翔伞"
            " | 奖杯 | 世界杯 | 象棋 | 国际象棋 | 雪橇 | 吊床 | 黄包车 | 人力车 | 鸟巢"
            " | 鸟笼 | 笼子 | 镰刀 | 飞船 | 宇宙飞船 | 火箭 | 手表 | 手帕 | 拐杖 | 登山杖"
            " | 标枪 | 铁饼 | 飞镖 | 口哨 | 餐具 | 挖掘机 | 推土机 | 起重机 | 包装 | 包装纸"
            " | 机床 | 马达 | 雕象 | 蝴蝶结 | 单杠 | 双杠"
        ),
    ),
    _scene(
        "animal",
        "animal | fish | monkey | rabbit | squirrel | tiger | lion | panda | deer | camel | pig"
        " | chicken | insect | butterfly | butterflies | fox | wolf | snake | turtle | donkey | owl"
        " | penguin | shark | dolphin | frog | rat | mouse | seal | sea lion",
        (
            "动物 | 鱼 | 金鱼 | 猴子 | 兔子 | 松鼠 | 老虎 | 狮子 | 熊猫 | 大熊猫 | 鹿 | 骆驼 | 猪"
            " | 鸡 | 公鸡 | 母鸡 | 昆虫 | 蝴蝶 | 狐狸 | 狼 | 蛇 | 乌龟 | 驴 | 毛驴 | 猫头鹰 | 企鹅"
            " | 鲨鱼 | 海豚 | 青蛙 | 老鼠 | 河马 | 海马 | 犀牛 | 蜗牛 | 羚羊 | 海象"
            " | 海豹 | 海狮"
        ),
    ),
    _scene(
        "body part",
        "head | face | hand | arm | leg | foot | feet | mouth | eye | ear | nose | neck | shoulder"
        " | chest | stomach | knee | finger | tongue | tail | lap | waist | back of the head | paw"
        " | teeth | body | bodies | lip | thumb | skin | tattoo",
        (
            "头 | 头部 | 脸 | 脸上 | 脸部 | 脸颊 | 面部 | 手 | 双手 | 手臂 | 胳膊 | 手里 | 手中"
            " | 手上 | 手指 | 拇指 | 腿 | 双腿 | 腿上 | 脚 | 双脚 | 脚上 | 脚下 | 嘴 | 嘴巴 | 嘴里"
            " | 嘴唇 | 眼睛 | 双眼 | 耳朵 | 鼻子 | 脖子 | 肩膀 | 肩上 | 肩 | 胸 | 胸前 | 肚子"
            " | 膝盖 | 舌头 | 尾巴 | 腰 | 腰间 | 爪子 | 牙齿 | 身体 | 身子 | 身上 | 全身 | 皮肤"
            " | 纹身 | 头上 | 背上 | 怀里 | 怀中"
        ),
    ),
)
"""What nobody is asked for by."""
