"""Words for deeds and places, and the small words between them."""

from edge_agent.words.entries import Entry, Role, forms


def _entry(role: Role, key: str, en: str, zh: str) -> Entry:
    return Entry(role=role, key=key, any_of=((key, key),), en=forms(en), zh=forms(zh))


ACTIONS = (
    _entry(
        Role.ACTION,
        "enter",
        "enter | entered | entering | came in | come in | coming in | walked in | walking in"
        " | comes in | going in | went in",
        "进入 | 进来 | 进店 | 进门 | 走进 | 走进来 | 进去",
    ),
    _entry(
        Role.ACTION,
        "leave",
        "leave | leaving | leaves | who left"
        " | has left | left the | left through | exited | exiting"
        " | went out | going out | walked out | walking out",
        "离开 | 出去 | 走出 | 出门 | 离店 | 走出去",
    ),
    _entry(
        Role.ACTION,
        "cross",
        "crossed the line | crossing the line | passed the line",
        "越线 | 过线 | 越过线",
    ),
    _entry(
        Role.ACTION,
        "stay",
        "stayed | staying | stay | lingered | lingering | loitered | loitering | waited | waiting",
        "停留 | 逗留 | 徘徊 | 等待 | 等候",
    ),
    _entry(
        Role.ACTION,
        "till",
        "paid | paying | pay | pays | checked out | checking out",
        "付款 | 结账 | 买单 | 付钱 | 结帐",
    ),
)

PLACES = (
    _entry(
        Role.PLACE,
        "entrance",
        "entrance | entry | door | doorway | way in | front door | main door | gate",
        "入口 | 门口 | 大门 | 进口 | 门 | 正门",
    ),
    _entry(Role.PLACE, "exit", "exit | way out | back door", "出口 | 后门"),
    _entry(
        Role.PLACE,
        "till",
        "till | checkout | check-out | cash desk | cashier | cash register | register | counter",
        "收银台 | 收银 | 收款台 | 结账处 | 柜台 | 收款处",
    ),
    _entry(Role.PLACE, "hall", "hall | lobby | foyer | hallway", "大厅 | 大堂 | 前厅"),
    _entry(Role.PLACE, "aisle", "aisle | corridor | passage", "过道 | 走道 | 通道 | 走廊"),
    _entry(
        Role.PLACE,
        "stock",
        "stock | stockroom | stock room | storeroom | warehouse | storage | back room",
        "仓库 | 库房 | 后仓",
    ),
    _entry(Role.PLACE, "shelf", "shelf | shelves | rack", "货架 | 架子"),
    _entry(Role.PLACE, "parking", "parking | car park | parking lot | carpark", "停车场 | 车库"),
    _entry(Role.PLACE, "stairs", "stairs | staircase | stairway", "楼梯"),
    _entry(Role.PLACE, "lift", "lift | elevator | escalator", "电梯 | 扶梯"),
    _entry(Role.PLACE, "office", "office", "办公室"),
    _entry(
        Role.PLACE, "fitting", "fitting room | changing room | dressing room", "试衣间 | 更衣室"
    ),
    _entry(
        Role.PLACE, "outside", "outside | outdoors | street | yard", "外面 | 门外 | 街上 | 室外"
    ),
)
"""Words for a place; a zone of kind entrance or till, and whatever has such a word in its name, is
meant by it."""

NEGATIONS = (
    Entry(
        role=Role.NEGATION,
        key="not",
        en=forms(
            "without | no | not | isn't | wasn't"
            " | aren't | doesn't | didn't | never | neither | nor"
            " | not wearing | not carrying | with no | is not | are not | without a | without any"
        ),
        zh=forms(
            "不 | 没 | 没有 | 无 | 未 | 非 | 不戴"
            " | 没戴 | 不穿 | 没穿 | 不背 | 没背 | 不带 | 没带"
            " | 没拿 | 不拿 | 不是 | 未戴 | 未穿 | 不在"
        ),
    ),
)

LINKS = (
    Entry(
        role=Role.LINK, key="is", en=forms("is | are | was | were | in | of"), zh=forms("是 | 为")
    ),
)

FILLERS = (
    Entry(
        role=Role.FILLER,
        key="small words",
        en=forms(
            "a | an | the | with | and | or | who | that | which | he | she | they | his"
            " | her | their | him | them | it | its | wear | wearing | wears | wore | worn"
            " | carry | carrying | carries | carried | have | has | had | having | hold"
            " | holding | holds | dressed in | on | at | near | by | to | from | for | into"
            " | through | around | beside | next to | find | show | me | look for"
            " | looking for | search for | search | please | seen | see | saw | all | any"
            " | some | this | there | here | i | be | been | being | do | did | does"
            " | coloured | colored | color | colour | camera | store | shop | as | up"
            " | while | then | pair of | two | three | one | front of | in front of | behind"
            " | over | under | out | off | another | other | each | very | between | since"
            " | until | before | after | about | during | ago | doing | along | across"
            " | against | down | together | several | many | few | four | five | six"
            " | group of | bunch of | lots of | lot of | both | himself | herself"
            " | themselves | itself | what | where | just | also | too | past | toward"
            " | towards | onto | upon | inside | above | below | underneath | top of | side"
            " | next | close to | away | but | because | so | can | will | would | getting"
            " | get | gets | going | goes | go | taking | take | takes | making | make"
            " | makes | trying | tries | shaped | like | among | within | alone | left"
            " | right | middle | edge | first | second | something | other people | dressed"
            " | we | you | my | your | more | than | minute | hour | surrounded | including"
            " | wrapped | crossed"
        ),
        zh=forms(
            "的 | 了 | 着 | 在 | 和 | 与 | 或 | 及 | 穿 | 穿着 | 戴 | 戴着 | 背 | 背着 | 拿"
            " | 拿着 | 带 | 带着 | 提着 | 身穿 | 身着 | 头戴 | 手拿 | 手提 | 有 | 一个"
            " | 一名 | 一位 | 个 | 名 | 位 | 件 | 条 | 顶 | 只 | 找 | 查找 | 搜索 | 寻找"
            " | 请 | 帮我 | 我 | 他 | 她 | 他们 | 那个 | 这个 | 哪个 | 谁 | 出现 | 附近"
            " | 旁边 | 旁 | 边 | 里 | 上 | 中 | 处 | 过 | 被 | 看到 | 见 | 所有 | 都"
            " | 和一个 | 以及 | 又 | 还 | 一只 | 一条 | 一 | 两 | 两个 | 两只 | 三个 | 几个"
            " | 群 | 一群 | 店里 | 商店 | 店 | 摄像头 | 相机 | 镜头 | 色 | 前 | 后 | 下 | 到"
            " | 从 | 地 | 起 | 时 | 时候 | 期间 | 深 | 浅 | 淡 | 亮 | 暗 | 鲜 | 纯 | 相间"
            " | 为主 | 为底 | 颜色 | 头戴着 | 身上穿着 | 身背 | 身背着 | 肩背 | 肩挎"
            " | 背上背着 | 手持 | 手握 | 手捧 | 手牵 | 手牵着 | 挎着 | 系着 | 系 | 披着"
            " | 围着 | 套着 | 踩着 | 脚穿 | 脚踩 | 脚踏 | 留着 | 扎着 | 梳着 | 撑着 | 二"
            " | 三 | 四 | 五 | 六 | 七 | 八 | 九 | 十 | 几 | 多 | 数 | 双 | 对 | 副 | 匹"
            " | 辆 | 架 | 艘 | 把 | 张 | 本 | 台 | 部 | 座 | 棵 | 颗 | 块 | 片 | 排 | 队"
            " | 堆 | 些 | 支 | 枝 | 根 | 盏 | 份 | 层 | 种 | 样 | 家 | 所 | 间 | 幅 | 段"
            " | 串 | 一头 | 两头 | 三头 | 几头 | 一双 | 一副 | 一对 | 一匹 | 一辆 | 一架"
            " | 一艘 | 一把 | 一张 | 一件 | 一顶 | 一身 | 一些 | 一块 | 一排 | 一座 | 一种"
            " | 一起 | 一边 | 一旁 | 一样 | 许多 | 很多 | 众多 | 多个 | 多名 | 多位 | 几名"
            " | 几位 | 几只 | 几条 | 两名 | 两位 | 两条 | 两辆 | 三名 | 三位 | 三只 | 四个"
            " | 四名 | 四位 | 五个 | 每个 | 各种 | 各自 | 各 | 每 | 某 | 某个 | 另 | 另一个"
            " | 另外 | 另外一个 | 其他 | 其中 | 其 | 别的 | 这 | 那 | 这些 | 那些 | 什么"
            " | 它 | 它们 | 她们 | 自己 | 互相 | 相互 | 彼此 | 双方 | 两边 | 两侧 | 里面"
            " | 上面 | 下面 | 前面 | 后面 | 中间 | 之间 | 当中 | 对面 | 左边 | 右边 | 前方"
            " | 后方 | 身后 | 身边 | 身旁 | 身前 | 背后 | 面前 | 跟前 | 周围 | 四周 | 上方"
            " | 下方 | 顶上 | 顶部 | 底下 | 边上 | 边缘 | 内 | 外 | 侧 | 正 | 正在 | 正要"
            " | 准备 | 试图 | 开始 | 继续 | 已经 | 将 | 会 | 要 | 想 | 能 | 可以 | 可能"
            " | 好像 | 似乎 | 看起来 | 看上去 | 像 | 如 | 比 | 更 | 最 | 很 | 非常 | 十分"
            " | 特别 | 挺 | 太 | 也 | 就 | 才 | 只有 | 而 | 但 | 但是 | 并 | 并且 | 而且"
            " | 或者 | 因为 | 所以 | 为了 | 用 | 以 | 给 | 让 | 使 | 向 | 往 | 朝 | 对着"
            " | 跟 | 跟着 | 同 | 随 | 随着 | 沿着 | 沿 | 顺着 | 通过 | 经 | 由 | 于 | 之"
            " | 来 | 去 | 起来 | 下来 | 上来 | 过来 | 过去 | 出来 | 回来 | 上去 | 下去 | 成"
            " | 成为 | 变 | 做 | 作 | 进行 | 满 | 满是 | 布满 | 充满 | 装满 | 铺满 | 吗 | 呢"
            " | 吧 | 啊 | 得 | 等 | 等等 | 左 | 右 | 东西 | 样子 | 模样 | 姿势 | 方向 | 位置"
            " | 地方 | 画面 | 图中 | 带有 | 具有 | 拥有 | 有着 | 带领 | 处于 | 位于 | 靠近"
            " | 靠着 | 靠在 | 紧挨着 | 面对 | 面对着 | 面向 | 背对 | 背对着 | 放 | 放着"
            " | 放在 | 挂着 | 挂 | 停 | 停着 | 停在 | 停放 | 待 | 呆 | 待在 | 分钟 | 钟头"
            " | 小时 | 包围 | 包围着 | 包着 | 包括 | 打包 | 交叉 | 交叉着 | 分叉 | 对象"
            " | 景象 | 现象 | 印象 | 形象 | 气象 | 好象 | 象征 | 照相机 | 摄像机"
        ),
    ),
)
