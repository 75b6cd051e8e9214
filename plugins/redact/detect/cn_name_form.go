package detect

// nameAt is the length of the name at p, 0 if there is none.
func (s *Scanner) nameAt(p int, a announced) int {
	t := s.text
	r := han(t, p)
	if r < 0 {
		return 0
	}
	s.work += 24
	if a != perhaps {
		if n := dotted(t, p); n > 0 {
			return n
		}
	}
	n := 3
	if p+6 <= len(t) && doubles.has(string(t[p:p+6])) {
		n = 6
	} else if !surnames.has(r) {
		return 0
	}
	// The characters behind the surname: how many until something else stands there, and how well the first two suit a name.
	var grade [2]int
	run := 0
	for run < 4 {
		k := han(t, p+n+3*run)
		if k < 0 {
			break
		}
		if run < len(grade) {
			if grade[run] = suits(k); n == 6 && run == 0 {
				grade[0] = max(grade[0], 0) // such a surname is sure enough
			}
		}
		run++
	}
	if run == 0 || n == 3 && notNames.begins(t[p:], 3+3*run, a != labeled) && (grade[1] < 2 || run > 2 && !goesOn(t[p+9:])) { // 宁静; 宁静怡 is a name
		return 0
	}
	one, both := n+3, n+6
	plain := n == 6 || !ordinary.has(r)
	sum := grade[0] + grade[1]
	if run == 1 {
		if grade[0] >= leastAlone[a][known(plain)] && !title(t[p+n:]) {
			return one
		}
		return 0
	}
	if n == 3 && title(t[p+n:]) { // 王先生
		return 0
	}
	if run == 2 {
		if grade[1] < 0 && grade[0] >= leastOne[a][known(plain)] && goesOn(t[p+one:]) && !has(t[p+one:], "是") { // 王芳收
			return one
		}
		if a == direct && plain && grade[0]+grade[1] < 0 && max(grade[0], grade[1]) > 0 {
			sum = 1 // 龙在天, 郝建设: the other one and the end are enough
		} else if a != labeled && grade[0] < 0 {
			return 0
		}
		if sum >= leastEnding[a][known(plain)] && !company(t[p:], both) {
			return both
		}
		return 0
	}
	addressed := a != perhaps && title(t[p+both:]) // 尊敬的单立人教授
	go1, go2 := goesOn(t[p+one:]), addressed || goesOn(t[p+both:])
	least := leastRunning[a][known(plain)]
	if go2 {
		least = leastGoing[a][known(plain)]
	}
	if addressed {
		least = -4
	}
	fits := sum >= least && !notGivens.has(string(t[p+n:p+both]))
	if fits && (grade[1] > 0 || !go1 || grade[0] < 1) && (go2 || !go1 || grade[1] > 1) {
		return both
	}
	if go1 && grade[0] >= leastOne[a][known(plain)] || grade[0] == 2 && grade[1] < 0 && plain {
		return one
	}
	if fits {
		return both
	}
	return 0
}

// known is the column of the tables below: 1 for a surname that hardly begins another word.
func known(plain bool) int {
	if plain {
		return 1
	}
	return 0
}

// How well the characters behind a surname have to suit a name, by how it is announced (perhaps, direct, labeled) and by the surname (one
// that begins words, another).
var (
	leastOne     = [...][2]int{{2, 1}, {2, 1}, {1, 0}}   // one, and a word that goes on
	leastAlone   = [...][2]int{{2, 1}, {1, 0}, {0, 0}}   // one, and an end
	leastEnding  = [...][2]int{{3, 1}, {2, 0}, {-2, -4}} // two, and an end
	leastGoing   = [...][2]int{{3, 1}, {2, 0}, {1, 0}}   // two, and a word that goes on
	leastRunning = [...][2]int{{4, 2}, {4, 2}, {3, 2}}   // two, and anything
)

// suits grades a character of a given name: 2 for one that names have, 1 for one that other words have as often, 0 for any, below 0 for one that
// hardly any name has.
func suits(r int) int {
	switch {
	case strange.has(r):
		return -4
	case !givens.has(r):
		return 0
	case mundane.has(r):
		return 1
	}
	return 2
}

// dotted is the length of a name whose parts are joined by a dot: 阿依努尔·买买提.
func dotted(t []byte, p int) int {
	i, parts := p, 0
	for parts < 5 {
		k := 0
		for k < 9 && han(t, i) >= 0 {
			i += 3
			k++
		}
		if k == 0 || k == 9 || parts > 0 && k == 1 {
			return 0
		}
		parts++
		switch {
		case has(t[i:], "·"):
			i += 2
		case has(t[i:], "•"), has(t[i:], "・"), has(t[i:], "‧"):
			i += 3
		default:
			if parts == 1 {
				return 0
			}
			return i - p
		}
	}
	return 0
}

// title tells whether a form of address stands here rather than a given name: 王先生.
func title(t []byte) bool {
	for _, w := range [...]string{"先生", "女士", "小姐", "太太", "老师", "医生", "大夫", "同学", "师傅", "经理", "主任", "院长", "教授", "律师", "警官", "护士", "阿姨", "叔叔", "总监", "老板", "同志", "姓", "氏", "总", "姐", "哥", "叔", "董", "总的", "某"} {
		if has(t, w) {
			return true
		}
	}
	return false
}

// company tells whether the text of n bytes ends like the name of a firm or a place.
func company(t []byte, n int) bool {
	switch string(t[n-3 : n]) {
	case "司", "厂", "店", "部", "局", "院", "所", "校", "市", "省", "县", "区", "镇", "村", "路", "人", "们", "者", "员", "楼", "寺", "塔", "的", "吗", "么", "了":
		return true
	}
	return false
}

// goesOn tells whether what stands here goes on behind a name.
func goesOn(t []byte) bool {
	if len(t) < 3 {
		return true
	}
	r := runeOf(string(t[:3]))
	for _, w := range followers[r] {
		if has(t, w) {
			return true
		}
	}
	return false
}

// followers by their first character.
var followers = byFirst("教授 律师 师傅 大夫 护士 妈妈 爸爸 家长 父亲 母亲 您好 你好 的 电话 電話 手机 手機 身份 身分 先生 女士 小姐 同学 老师 医生 同志 经理 住 在 是 和 与 跟 及 或 于 联系 聯絡 地址 住址 性别 男 女 年龄 今年 年 请 请 已 来自 号码 邮箱 微信 生日 出生 工号 学号 部门 职位 岗位 " +
	"收 签 您 你 我 她 他 将 向 对 被 把 从 到 要 想 了 就 也 都 说 因 以 等 上午 下午 前天 昨天 昨日 今天 今日 明天 明日 曾 负责 担任 毕业 现 系 主任 身高 体重 患 主诉 入院 诊断 籍贯 民族 汉族 账号 账户 卡号 银行 开户 转账 申请 预约 购买 订单 " +
	"称 表示 名下 本人 不 没 可以 需要 打算 很 最近 去 来 给 欠 支付 提交 发起 参加 入职 离职 报销 请假 应 同意 未 首次 因 病历 病例 主治 家属 之 持 证件 护照 使用 通过 拨打 投诉 反映 反馈 咨询 提出 因为 由于 目前 这 那 " +
	"北京 上海 天津 重庆 广东 广州 深圳 江苏 浙江 杭州 四川 成都 湖北 武汉 湖南 河南 河北 山东 山西 陕西 福建 安徽 江西 辽宁 吉林 黑龙江 广西 云南 贵州 海南 甘肃 青海 宁夏 新疆 西藏 内蒙古 香港 澳门 台湾 南京 苏州 " +
	"会 能 正 为 曾经 生于 因公 按 共 有 还 才 只 再 又 则 所 如 若 与其 同 代 代为 作为 办理 领取 签收 签名 签字 处 家 家住 户籍 学历 专业 学院 班级 成绩 考 得 获 说道 问 答 回复 评价 留言 交易 消费 充值 退款 借 贷 " +
	"編號 請 個 這 聯 寄 收到 現 為 後 後來 們 吗 呢 吧 啊 呀 确认 核实 处理 安排 回复 对接 沟通 审批 一下 发 做 写 看 打 买 报 带 交 拿 用 让 （ 生病 发烧 住院 出院 感冒 主动 正在 一起 所 本周 本月 上周 下周 周一 周二 周三 周四 周五 帐号 小朋友 宝宝 家 班 号 点 未能 拒 迟 违 签 授权 委托 购 订 充 退 换 辩称 诉称 认为 主张 起诉 上诉 不服 驾驶 乘坐 前往 返回 离开 经 受 自述 自称 陈述 承认 否认 表明 举报 报警 发现 参与 出席 完成 通知 归还 偿还 接收 接受 拒绝 申诉 缴纳 租 承诺 保证 声明 特此 亲笔 基础 能力 经验 技术 工作 表现 态度 性格 沟通 思路 专业 逻辑 英语 学习 做事 建议 面试 简历 薪资 主持 宣布 介绍 汇报 发言 指出 强调 要求")

// byFirst has the words of a list by their first character.
func byFirst(list string) map[uint16][]string {
	m := map[uint16][]string{}
	later(func() {
		for w := range wordsOf(list) {
			r := runeOf(w)
			m[r] = append(m[r], w)
		}
	})
	return m
}

// han is the number of the Chinese character at p, or -1.
func han(t []byte, p int) int {
	if p+3 > len(t) || t[p] < 0xE4 || t[p] > 0xE9 {
		return -1
	}
	return int(t[p]&15)<<12 | int(t[p+1]&63)<<6 | int(t[p+2]&63)
}

// characters is a set of Chinese characters, U+4E00 to U+9FFF.
type characters [(0xA000 - 0x4E00) / 64]uint64

func charactersOf(list string) *characters {
	set := new(characters)
	for i := 0; i+3 <= len(list); i += 3 {
		r := int(runeOf(list[i:])) - 0x4E00
		set[r>>6] |= 1 << (r & 63)
	}
	return set
}

func (c *characters) has(r int) bool {
	r -= 0x4E00
	return r >= 0 && r < 64*len(c) && c[r>>6]>>(r&63)&1 != 0
}

// prefixes are words of two characters and more, found by these.
type prefixes struct {
	list  string
	slots []uint16 // see placesOf; made when first needed
}

func prefixesOf(list string) *prefixes { return &prefixes{list: list} }

// begins tells whether the text of n bytes begins with a word. A word of two characters counts as a beginning only when the
// second one is none that names have; otherwise it has to be the whole text: 平安 is a word and 平安福 may be a name.
func (m *prefixes) begins(t []byte, n int, strict bool) bool {
	if n < 6 || len(t) < 6 {
		return false
	}
	if m.slots == nil {
		m.slots = placesOf(m.list, 6)
	}
	start := string(t[:6])
	mask := len(m.slots) - 1
	for k := int(hashOf(start)) & mask; m.slots[k] != 0; k = (k + 1) & mask {
		w := m.list[m.slots[k]-1:]
		if w[:6] != start {
			continue
		}
		w = w[:wordLength(w)]
		switch {
		case len(w) == 6:
			if strict || n == 6 || !givens.has(han(t, 3)) || goesOn(t[6:]) {
				return true
			}
		case has(t, w):
			return true
		}
	}
	return false
}

// wordLength is where the first word of a list ends.
func wordLength(list string) int {
	i := 0
	for i < len(list) && list[i] != ' ' {
		i++
	}
	return i
}
