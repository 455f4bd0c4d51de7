"""Words for sizes and ages, postures and sports.

No box tells sizes and postures of anybody. Sports stand for what nobody does them without.
"""

from edge_agent.words.entries import Entry, Role, forms


def _trait(key: str, means: str, en: str, zh: str) -> Entry:
    pair = means.partition(":")[::2]
    return Entry(role=Role.TRAIT, key=key, any_of=(pair,), en=forms(en), zh=forms(zh))


TRAITS = (
    _trait(
        "young", "age:young", "young | younger | teenage", "年轻 | 年轻的 | 年幼 | 年幼的 | 年青"
    ),
    _trait("middle-aged", "age:middle", "middle-aged | middle aged", "中年 | 中年的"),
    _trait(
        "aged", "age:old", "old | older | aged", "老 | 老年 | 年老 | 年迈 | 年老的 | 年迈的 | 年长"
    ),
    _trait("small", "size:small", "small | little | tiny", "小 | 小小的 | 矮 | 矮小"),
    _trait(
        "large",
        "size:large",
        "large | big | huge | tall | giant | long",
        "大 | 大大的 | 巨大 | 巨大的 | 高大 | 大型 | 长长的",
    ),
    _trait("fat", "build:fat", "fat | overweight | chubby | stocky", "胖 | 肥胖 | 胖胖的 | 胖乎乎"),
    _trait("thin", "build:thin", "thin | slim | skinny | slender", "瘦 | 苗条 | 瘦瘦的 | 消瘦"),
    _trait(
        "brindled",
        "pattern:spotted",
        "spotted | colourful | colorful | multicolored | bright | multi-colored",
        "彩色 | 明亮 | 五颜六色 | 花色 | 斑点 | 色彩鲜艳 | 多彩 | 迷彩 | 鲜艳",
    ),
)


def _doing(key: str, en: str, zh: str) -> Entry:
    return Entry(role=Role.DOING, key=key, any_of=(("doing", key),), en=forms(en), zh=forms(zh))


def _sport(key: str, things: str, en: str, zh: str) -> Entry:
    any_of = tuple((thing, thing) for thing in things.split())
    return Entry(role=Role.SPORT, key=key, any_of=any_of, en=forms(en), zh=forms(zh))


DOINGS = (
    _doing(
        "run",
        "run | running | runs | ran | jogging | racing | sprinting | chasing | chases | marathon",
        "跑 | 跑步 | 奔跑 | 跑着 | 慢跑 | 追赶 | 追逐 | 赛跑 | 飞奔 | 马拉松",
    ),
    _doing(
        "walk",
        "walk | walking | walks | walked | strolling | stroll",
        "走 | 走着 | 行走 | 散步 | 步行 | 走过 | 路过 | 走在 | 漫步",
    ),
    _doing(
        "stand",
        "stand | standing | stands | stood | posing | pose | poses",
        "站 | 站着 | 站立 | 站在 | 立 | 摆姿势 | 叉腰",
    ),
    _doing(
        "sit",
        "sit | sitting | sits | sat | seated | crouching | kneeling | squatting",
        "坐 | 坐着 | 坐在 | 蹲 | 蹲着 | 蹲在 | 跪 | 跪着 | 跪在",
    ),
    _doing(
        "lie",
        "lie | lying | lies | laying | lays | sleeping | sleeps | asleep | resting",
        "躺 | 躺着 | 躺在 | 趴 | 趴着 | 趴在 | 睡觉 | 睡着 | 休息",
    ),
    _doing(
        "jump",
        "jump | jumping | jumps | jumped | leaping | leaps | leap | flip | flying | flies | bungee",
        (
            "跳 | 跳跃 | 跳起 | 跳起来 | 跳着 | 跃起 | 飞跃 | 蹦 | 翻跟头 | 飞 | 飞行 | 跳过"
            " | 跳进 | 跳入 | 跳下 | 蹦极"
        ),
    ),
    _doing(
        "play",
        "play | playing | plays | played | game",
        "玩 | 玩耍 | 玩着 | 游戏 | 嬉戏 | 做游戏 | 打闹 | 比赛",
    ),
    _doing(
        "swim",
        "swim | swimming | swims | diving | dives | wading | floating",
        "游泳 | 游 | 潜水 | 漂浮 | 戏水 | 跳水",
    ),
    _doing(
        "climb",
        "climb | climbing | climbs | crawling | crawls | hiking",
        "爬 | 攀爬 | 攀登 | 攀岩 | 爬行 | 爬山 | 登山 | 爬上 | 徒步",
    ),
    _doing(
        "look",
        (
            "looking | look | looks | watching | watches | watch | staring | stares | reading"
            " | photographing | filming"
        ),
        (
            "看 | 看着 | 观看 | 望着 | 注视 | 盯着 | 凝视 | 望 | 阅读 | 看报 | 拍照 | 照相"
            " | 拍摄 | 摄影"
        ),
    ),
    _doing(
        "talk",
        (
            "talking | talk | talks | speaking | chatting | laughing | smiling | smiles | smile"
            " | singing | crying | shouting"
        ),
        (
            "说话 | 交谈 | 聊天 | 谈话 | 讲话 | 笑 | 微笑 | 笑着 | 大笑 | 唱歌 | 演唱 | 哭"
            " | 哭泣 | 喊 | 大叫"
        ),
    ),
    _doing(
        "dance",
        "dancing | dance | dances | performing | performs | celebrating",
        "跳舞 | 舞蹈 | 跳着舞 | 表演 | 演出 | 庆祝",
    ),
    _doing(
        "eat",
        "eating | eat | eats | drinking | cooking | smoking",
        "吃 | 吃着 | 吃饭 | 喝 | 喝着 | 喝水 | 做饭 | 烹饪 | 抽烟 | 吸烟",
    ),
    _doing(
        "throw",
        (
            "throwing | throws | throw | catching | catches | catch | kicking | kicks | kick"
            " | hitting | hits | hit | swinging"
        ),
        (
            "扔 | 投 | 投掷 | 抛 | 接 | 接住 | 抓住 | 踢 | 击打 | 击 | 挥动 | 挥舞 | 拍打"
            " | 打 | 打着"
        ),
    ),
    _doing(
        "take",
        (
            "pushing | pushes | pulling | pulls | lifting | grabbing | reaching | touching"
            " | hugging | kissing | using | picking up | leading | fighting | working | works"
        ),
        (
            "推 | 推着 | 拉 | 拉着 | 举 | 举着 | 举起 | 抬 | 抬起 | 抓 | 抓着 | 摸 | 拥抱 | 抱"
            " | 抱着 | 亲吻 | 接吻 | 使用 | 牵 | 牵着 | 拎着 | 捡 | 打架 | 工作 | 干活 | 握着"
            " | 捧着 | 指着 | 叼着 | 咬着 | 咬 | 张开 | 伸出"
        ),
    ),
    _doing(
        "ride",
        "riding | ride | rides | rode | driving | drives",
        "骑 | 骑着 | 驾驶 | 驾驶着 | 开着 | 乘坐 | 乘着 | 乘",
    ),
    _doing(
        "travel",
        "shopping | waiting in line | queueing | queuing | crossing | passing",
        "购物 | 逛街 | 排队 | 经过 | 穿过 | 穿越 | 越过",
    ),
    _doing(
        "skate",
        "skating | skate | skates | roller skating | rollerblading | ice skating",
        "溜冰 | 滑冰 | 轮滑 | 旱冰 | 溜旱冰 | 滑旱冰",
    ),
    _sport("skiing", "skis snowboard", "skiing | skied", "滑雪"),
    _sport("snowboarding", "snowboard", "snowboarding", "单板滑雪"),
    _sport("surfing", "surfboard", "surfing | surf | surfs | wakeboarding", "冲浪 | 滑水"),
    _sport("skateboarding", "skateboard", "skateboarding", "玩滑板 | 滑滑板 | 踩滑板"),
    _sport(
        "boating",
        "boat",
        "rowing | sailing | boating | kayaking | canoeing | rafting",
        "划船 | 划艇 | 漂流 | 划桨 | 泛舟",
    ),
    _sport("cycling", "bicycle motorcycle", "cycling | biking | bike riding", "骑车 | 骑行"),
    _sport(
        "ball games",
        "sports_ball",
        ("dribbling | juggling | golf | golfing | soccer | rugby | hockey | cricket | billiards"),
        (
            "打球 | 踢球 | 投球 | 击球 | 接球 | 传球 | 运球 | 玩球 | 高尔夫 | 曲棍球 | 冰球"
            " | 板球 | 台球 | 桌球 | 射门 | 投篮 | 扣篮 | 灌篮"
        ),
    ),
    _sport("tennis", "tennis_racket", "tennis | badminton", "打网球 | 打羽毛球"),
    _sport(
        "horse riding",
        "horse",
        "horseback | horseback riding | rodeo",
        "骑马 | 赛马 | 马术 | 骑在马上",
    ),
)
