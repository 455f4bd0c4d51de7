"""Words for people: by age, by what they present as, by kin, sport and trade."""

from edge_agent.domain.worn import PRESENTS
from edge_agent.words.entries import Entry, Role, forms


def _person(key: str, any_of: str, en: str, zh: str) -> Entry:
    pairs = tuple(one.partition(":")[::2] for one in any_of.split())
    return Entry(role=Role.PERSON, key=key, any_of=pairs, en=forms(en), zh=forms(zh))


PEOPLE = (
    _person(
        "person",
        "",
        (
            "person | people | someone | somebody | anyone | anybody | everyone | human | customer"
            " | visitor | shopper | guest | passenger | pedestrian | crowd | audience | spectator"
            " | fan | tourist | bystander | group | friend | couple | family | families | student"
            " | teenager | adult | youth | individual | guy | folk | partner | parent | twins"
            " | participant | passerby | onlooker | resident | villager | worshipper | protester"
            " | traveller | traveler | hiker | driver | owner"
        ),
        (
            "人 | 人们 | 某人 | 顾客 | 客人 | 人群 | 大家 | 行人 | 人员 | 人士 | 人物 | 路人"
            " | 游客 | 乘客 | 旅客 | 观众 | 听众 | 球迷 | 粉丝 | 市民 | 居民 | 村民 | 百姓 | 群众"
            " | 众人 | 朋友 | 同伴 | 伙伴 | 伴侣 | 情侣 | 夫妻 | 夫妇 | 一家人 | 家人 | 家庭"
            " | 全家 | 父母 | 学生 | 同学 | 小学生 | 中学生 | 大学生 | 青年 | 年轻人 | 青少年"
            " | 少年 | 成年人 | 大人 | 中年人 | 个人 | 两人 | 二人 | 三人 | 四人 | 五人 | 多人"
            " | 几人 | 数人 | 一人 | 有人 | 别人 | 他人 | 其他人 | 另一人 | 另外一人 | 每人 | 人人"
            " | 人影 | 人像 | 黑人 | 白人 | 亚洲人 | 外国人 | 老外 | 中国人 | 驾驶员 | 司机 | 车主"
            " | 主人 | 骑车人 | 徒步者 | 登山者 | 驴友 | 旁观者 | 围观者 | 参与者 | 男女"
        ),
    ),
    _person(
        "player",
        "",
        (
            "player | athlete | sportsman | team | teammate | opponent | runner | jogger | rider"
            " | bicyclist | cyclist | biker | motorcyclist | skateboarder | surfer | skier"
            " | snowboarder | skater | swimmer | diver | climber | rock climber | boxer | wrestler"
            " | gymnast | racer | football player | soccer player | basketball player"
            " | baseball player | tennis player | hockey player | batter | pitcher | catcher"
            " | goalie | goalkeeper | cheerleader | referee | cowboy | horseman | jockey | golfer"
            " | acrobat"
        ),
        (
            "运动员 | 球员 | 选手 | 队员 | 球手 | 球队 | 队友 | 对手 | 参赛者 | 跑步者 | 跑者"
            " | 骑手 | 骑士 | 骑者 | 骑行者 | 骑车者 | 自行车手 | 摩托车手 | 摩托车骑手 | 车手"
            " | 赛车手 | 滑板者 | 滑板手 | 冲浪者 | 冲浪手 | 滑雪者 | 滑雪运动员 | 滑雪选手"
            " | 溜冰者 | 滑冰者 | 游泳者 | 游泳运动员 | 跳水运动员 | 潜水员 | 攀岩者 | 攀登者"
            " | 拳击手 | 拳手 | 摔跤手 | 体操运动员 | 足球运动员 | 足球队员 | 足球球员"
            " | 篮球运动员 | 篮球队员 | 篮球员 | 棒球运动员 | 棒球队员 | 网球运动员 | 网球选手"
            " | 橄榄球运动员 | 橄榄球队员 | 橄榄球员 | 曲棍球运动员 | 冰球运动员 | 击球手 | 投手"
            " | 接球手 | 捕手 | 守门员 | 啦啦队 | 啦啦队员 | 裁判 | 裁判员 | 教练 | 牛仔"
            " | 杂技演员 | 高尔夫球手"
        ),
    ),
    _person(
        "worker",
        "",
        (
            "worker | policeman | policemen | police officer | police | officer | security guard"
            " | guard | soldier | fireman | firefighter | doctor | nurse | teacher | chef | cook"
            " | waiter | waitress | farmer | fisherman | vendor | salesman | seller | artist"
            " | painter | performer | actor | actress | singer | dancer | musician | guitarist"
            " | drummer | band | clown | photographer | cameraman | reporter | businessman"
            " | construction worker | courier | delivery man | cleaner | mechanic | monk | priest"
            " | pilot | barber"
        ),
        (
            "工人 | 警察 | 民警 | 警官 | 交警 | 保安 | 门卫 | 士兵 | 军人 | 战士 | 消防员"
            " | 消防队员 | 医生 | 大夫 | 护士 | 老师 | 教师 | 厨师 | 服务员 | 服务生 | 农民 | 农夫"
            " | 渔民 | 渔夫 | 小贩 | 商贩 | 摊贩 | 售货员 | 销售员 | 艺术家 | 画家 | 表演者 | 演员"
            " | 演出者 | 歌手 | 歌唱家 | 舞者 | 舞蹈演员 | 舞蹈家 | 音乐家 | 乐手 | 吉他手 | 鼓手"
            " | 乐队 | 小丑 | 摄影师 | 摄像师 | 记者 | 商人 | 建筑工人 | 快递员 | 外卖员 | 送货员"
            " | 清洁工 | 修理工 | 和尚 | 牧师 | 飞行员 | 理发师"
        ),
    ),
    _person(
        "man",
        f"{PRESENTS}:man",
        "man | men | male | gentleman | gentlemen | fellow | dude | father | dad | daddy | husband"
        " | groom | brother | son | uncle",
        (
            "男人 | 男子 | 男士 | 男性 | 男的 | 先生 | 小伙子 | 小伙 | 男生 | 男青年 | 男 | 男人们"
            " | 大叔 | 叔叔 | 大汉 | 汉子 | 壮汉 | 男孩儿 | 爸爸 | 父亲 | 丈夫 | 新郎 | 哥哥"
            " | 弟弟 | 兄弟 | 儿子 | 父子 | 帅哥 | 男友 | 男朋友 | 中年男子 | 中年男人 | 年轻男子"
            " | 青年男子 | 男运动员 | 男演员 | 男学生 | 男歌手"
        ),
    ),
    _person(
        "woman",
        f"{PRESENTS}:woman",
        "woman | women | female | lady | ladies | mother | mom | mum | mommy | wife | wives | bride"
        " | bridesmaid | sister | daughter | aunt",
        (
            "女人 | 女子 | 女士 | 女性 | 女的 | 小姐 | 妇女 | 女生 | 美女 | 姑娘 | 女青年 | 女"
            " | 女人们 | 妇人 | 女郎 | 少妇 | 阿姨 | 大妈 | 大姐 | 妈妈 | 母亲 | 妻子 | 新娘"
            " | 伴娘 | 姐姐 | 妹妹 | 姐妹 | 女儿 | 母女 | 女友 | 女朋友 | 孕妇 | 中年女子"
            " | 中年女人 | 中年妇女 | 年轻女子 | 年轻女人 | 年轻女性 | 女运动员 | 女演员 | 女学生"
            " | 女歌手 | 少女"
        ),
    ),
    _person(
        "child",
        "age:child",
        "child | children | kid | baby | babies | toddler | infant | youngster | schoolchild"
        " | schoolchildren | newborn",
        (
            "孩子 | 小孩 | 儿童 | 小孩子 | 婴儿 | 宝宝 | 小朋友 | 幼儿 | 孩子们 | 小孩们 | 小孩儿"
            " | 孩童 | 幼童 | 小宝宝 | 小宝贝 | 宝贝 | 娃娃 | 小娃娃 | 娃 | 小家伙 | 婴孩 | 学童"
            " | 母子"
        ),
    ),
    _person(
        "boy",
        "age:child",
        "boy | little boy | young boy | schoolboy",
        "男孩 | 小男孩 | 男童 | 男孩子 | 男孩们 | 小男生 | 男婴 | 小男孩儿 | 男宝宝",
    ),
    _person(
        "girl",
        "age:child",
        "girl | little girl | young girl | schoolgirl",
        (
            "女孩 | 小女孩 | 女童 | 女孩子 | 女孩们 | 小女生 | 小姑娘 | 女婴 | 小女孩儿 | 女宝宝"
            " | 女孩儿"
        ),
    ),
    _person(
        "old",
        "age:old",
        "elderly | old man | old men | old woman | old women | old person | old people | senior"
        " | elder | grandfather | grandpa | grandmother | grandma | old lady | elderly man"
        " | elderly woman | older man | older woman | pensioner",
        (
            "老人 | 老年人 | 老头 | 老太太 | 老者 | 老汉 | 老头儿 | 老婆婆 | 老妇人 | 老妇"
            " | 老奶奶 | 老爷爷 | 爷爷 | 奶奶 | 外公 | 外婆 | 大爷 | 老大爷 | 老大妈 | 老男人"
            " | 老女人 | 老年男子 | 老年妇女 | 老先生 | 老人家"
        ),
    ),
    _person(
        "staff",
        "staff:yes",
        "staff | employee | shop assistant | clerk | salesperson | shopkeeper",
        "员工 | 店员 | 工作人员 | 营业员 | 导购 | 导购员 | 收银员 | 店主",
    ),
)
