// Two languages; the browser's own decides until somebody switches.

const STORED = "edge-agent-language";

const WORDS = {
  skip: ["Skip to content", "跳到主要内容"],
  live: ["Live", "实时"],
  searches: ["Searches", "检索记录"],
  language: ["中文", "English"],
  languageLabel: ["切换到中文", "Switch to English"],
  theme: ["Switch between light and dark", "切换明暗主题"],
  signOut: ["Forget the access token", "退出并清除访问令牌"],
  connected: ["Connected", "已连接"],
  away: ["Box unreachable", "设备无法连接"],
  signInTitle: ["Sign in to this box", "登录此设备"],
  signInText: [
    "Enter the access token. The box made it at its first start and keeps it in its state folder.",
    "请输入访问令牌。令牌在设备首次启动时生成，保存在其数据目录中。",
  ],
  token: ["Access token", "访问令牌"],
  signIn: ["Sign in", "登录"],
  wrongToken: ["This token does not open this box.", "令牌无效，无法登录此设备。"],
  findTitle: ["Find a person", "以图找人"],
  findText: ["Drop a picture here, paste one, or", "将图片拖到此处、直接粘贴，或"],
  choose: ["choose a picture", "选择图片"],
  findHint: ["A face, a whole person, or both. JPEG, PNG, WebP or BMP.", "人脸、全身或两者皆可。支持 JPEG、PNG、WebP、BMP。"],
  dropNow: ["Drop to search", "松开即可检索"],
  compare: ["Compare", "比对"],
  faceAndBody: ["Face + body", "人脸 + 人体"],
  face: ["Face", "人脸"],
  body: ["Body", "人体"],
  within: ["Within", "时间范围"],
  lastHour: ["Last hour", "最近 1 小时"],
  lastDay: ["Last 24 hours", "最近 24 小时"],
  lastWeek: ["Last 7 days", "最近 7 天"],
  anyTime: ["Any time", "不限"],
  cameras: ["Cameras", "摄像头"],
  allCameras: ["All cameras", "全部摄像头"],
  noCameras: ["No cameras are configured.", "尚未配置摄像头。"],
  up: ["online", "在线"],
  down: ["offline", "离线"],
  frozen: ["frozen", "画面冻结"],
  fault_blurred: ["blurred or covered", "画面模糊或被遮挡"],
  fault_moved: ["looks elsewhere", "镜头已移位"],
  fault_slow: ["too few pictures", "帧率过低"],
  fault_clock: ["clock leapt", "时钟跳变"],
  fault_backwards: ["time ran backwards", "时间倒退"],
  fault_black: ["black", "画面全黑"],
  fault_covered: ["covered", "镜头被遮挡"],
  fault_frozen: ["frozen", "画面冻结"],
  unknown: ["starting", "启动中"],
  off: ["switched off", "已停用"],
  since: ["since {time}", "自 {time}"],
  people: ["People", "人员"],
  peopleEmpty: ["Nobody has been seen yet", "尚未发现人员"],
  peopleEmptyText: [
    "People appear here seconds after a camera sees them.",
    "摄像头发现人员后，数秒内会显示在这里。",
  ],
  inView: ["in view", "画面中"],
  more: ["Show earlier", "显示更早"],
  similar: ["More like this", "查找相似"],
  playClip: ["Play clip", "播放片段"],
  noClip: ["No clip", "无片段"],
  openTrack: ["{camera}, {time}: details", "{camera}，{time}：详情"],
  personAt: ["Person at {camera}", "{camera} 处的人员"],
  faceOf: ["Face, {camera}, {time}", "人脸，{camera}，{time}"],
  bodyOf: ["Person, {camera}, {time}", "人体，{camera}，{time}"],
  firstSeen: ["First seen", "首次出现"],
  lastSeen: ["Last seen", "最后出现"],
  duration: ["Stayed", "停留"],
  quality: ["quality {value}", "质量 {value}"],
  worn: ["Clothes and things", "衣着与物品"],
  confidence: ["confidence {value}", "置信度 {value}"],
  camera: ["Camera", "摄像头"],
  close: ["Close", "关闭"],
  download: ["Download clip", "下载片段"],
  recording: ["This clip is still being recorded; it plays here as soon as it is finished.", "片段仍在录制，录制结束后将在此播放。"],
  preparing: ["This clip is being made playable: {share} %", "正在将此片段转换为可播放格式：{share}%"],
  clipGone: ["This clip cannot be played: {reason}", "无法播放此片段：{reason}"],
  unplayable: ["the browser does not know its format", "浏览器不支持该格式"],
  clipOf: ["Clip of {camera}, {time}", "{camera} 的片段，{time}"],
  jumpTo: ["Jump to the best picture", "跳到最佳画面"],
  searching: ["Searching…", "正在检索…"],
  initialising: ["Waiting", "等待中"],
  running: ["Searching", "检索中"],
  succeeded: ["Done", "已完成"],
  no_data: ["Nobody found", "未找到"],
  failed: ["Failed", "失败"],
  cancelled: ["Cancelled", "已取消"],
  hits: ["{count} matches", "{count} 个匹配"],
  oneHit: ["1 match", "1 个匹配"],
  query: ["You asked about", "检索对象"],
  queryPicture: ["Query picture", "检索图片"],
  pictureNotKept: [
    "The picture itself is not shown: the box forgets it as soon as it has answered.",
    "不显示检索图片：设备在给出结果后立即删除该图片。",
  ],
  rank: ["Rank {rank}", "第 {rank} 名"],
  score: ["Score", "得分"],
  matched: ["matched", "匹配"],
  notCompared: ["not compared", "未比对"],
  personNumber: ["person {number} of {total}", "第 {number}/{total} 人"],
  peopleInPicture: ["People in the picture", "图中人数"],
  models: ["Models", "模型"],
  asked: ["Asked", "提交时间"],
  took: ["Took", "用时"],
  noHitsTitle: ["Nobody like that has been seen", "未发现相似人员"],
  noHitsText: [
    "No one above the threshold in this time range and these cameras.",
    "在所选时间与摄像头范围内，没有达到阈值的人员。",
  ],
  cancel: ["Cancel", "取消"],
  backToLive: ["Back to live", "返回实时"],
  noSearches: ["No searches yet", "暂无检索记录"],
  noSearchesText: ["Drop a picture on the live page to start one.", "在实时页面拖入图片即可开始。"],
  stopgap: [
    "Built-in stopgap models are in use; results are rough. Install a model pack for real use.",
    "当前使用内置的应急模型，结果粗略。正式使用请安装模型包。",
  ],
  alarm: ["Attention", "注意"],
  notPicture: ["This is not a picture that the browser can read.", "浏览器无法读取此图片。"],
  tooManyPixels: ["This picture is too large.", "图片过大。"],
  notFound: ["This page does not exist (any more).", "页面不存在或已删除。"],
  tracksCount: ["{count} sightings remembered", "已记录 {count} 人次"],
  suggestion: [
    "Matches are suggestions with a similarity, not proof of identity.",
    "匹配结果为相似度建议，不构成身份认定。",
  ],
  now: ["now", "刚刚"],
  loading: ["Loading…", "加载中…"],
};

function preferred() {
  const kept = localStorage.getItem(STORED);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.languages.some((name, place) => place === 0 && name.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

let language = preferred();

export const locale = () => (language === "zh" ? "zh-CN" : navigator.languages.find((name) => name.startsWith("en")) ?? "en");

export function switchLanguage() {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem(STORED, language);
  applyLanguage();
}

export function applyLanguage() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function t(name, values = {}) {
  const text = WORDS[name]?.[language === "zh" ? 1 : 0] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// The text that an answer carries in both languages.
export const spoken = (name) => name[language];

export function time(ms) {
  const day = new Date(ms);
  const today = new Date();
  const sameDay = day.toDateString() === today.toDateString();
  return new Intl.DateTimeFormat(locale(), {
    ...(sameDay ? {} : { month: "short", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(day);
}

export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = (value, name) =>
    new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "narrow" }).format(value);
  if (seconds < 60) return unit(seconds, "second");
  if (seconds < 3600) return `${unit(Math.floor(seconds / 60), "minute")} ${unit(seconds % 60, "second")}`;
  return `${unit(Math.floor(seconds / 3600), "hour")} ${unit(Math.floor((seconds % 3600) / 60), "minute")}`;
}

export const number = (value, digits = 0) =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
