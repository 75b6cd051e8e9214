package detect

// CNName is the name of a person in Chinese characters, found behind a word or key that announces one: 我叫, 收件人：, "realName":.
// A name is a surname of the table and one or two characters. How much it has to look like one depends on
// how clearly it is announced.
var CNName = define(Kind{Name: "cn_name", Family: Personal, Prefix: "NAME"})

// announced says how sure it is that a name follows.
type announced uint8

const (
	perhaps announced = iota // 我是, "name": the given name has to be of characters that names have, and end where a name does
	direct                   // 我叫, or a label without a colon: the same, but words may go on behind it
	labeled                  // 姓名：
)

func init() {
	// Behind these a name follows, with a colon or without.
	on("我叫 俺叫 名叫 名字叫 姓名 收件人 收货人 收貨人 寄件人 发件人 發件人 寄货人 发货人 联系人 聯繫人 聯絡人 联络人 户名 戶名 法定代表人 法人代表 法人 经办人 經辦人 申请人 申請人 "+
		"患者 病人 持卡人 投保人 被保险人 受益人 参保人 收款人 付款人 汇款人 转账人 负责人 負責人 委托人 受托人 代理人 当事人 监护人 担保人 借款人 贷款人 出借人 债务人 债权人 "+
		"开户人 户主 车主 业主 房东 租客 承租人 出租人 乘客 乘机人 乘车人 旅客 住客 入住人 订票人 预订人 预约人 购票人 购买人 考生 应聘者 应聘人 候选人 面试者 求职者 原告 被告 证人 嫌疑人 受害人 死者 伤者 "+
		"投诉人 举报人 报案人 签字人 签收人 签署人 审批人 审核人 报销人 提交人 制表人 经手人 填表人 登记人 纳税人 使用人 接收人 接待人 推荐人 介绍人 对接人 寄方 收方 请联系 尊敬的 亲爱的 责任人 签约人 授权人 被授权人 见证人 "+
		"主治医生 主治医师 班主任 客户经理 本人 主持人 记录人 汇报人 主讲人 牵头人 执行人 校对人 复核人 核对人 紧急联系人 领用人 保管人 调查人 询问人 被申请人 上诉人 被上诉人 第三人 继承人 被继承人 立遗嘱人 出票人 持票人 背书人 被保证人 保证人 抵押人 抵押权人 中介人 居间人 巡检人 值班人 报修人 来访人 访客 预约者 报名者 参赛者 获奖者 作者 译者 编辑 摄影 记者", func(s *Scanner, start, end int) int { return s.nameBehind(start, end, direct) })
	// Behind these without a colon mostly something else.
	on("真名 买家 卖家 客户 顾客 用户 会员 员工 雇员 职工 同事 学生 学员 同学 家长 孩子 宝宝 主管 导师 教练 组长 队长 店长 班长 医生 医师 护士 司机 快递员 "+
		"主任 专员 顾问 供应商 经纪人 中介 管家 助理 秘书 会计 出纳 工程师 设计师 校长 院长 局长 处长 科长 所长 董事长 总经理 经理 律师 法官 民警 辅导员 志愿者 选手 队员 运动员 主播 "+
		"叫做 丈夫 妻子 配偶 父亲 母亲 儿子 女儿 哥哥 姐姐 弟弟 妹妹 爸爸 妈妈 老公 老婆", func(s *Scanner, start, end int) int { return s.nameBehind(start, end, perhaps) })
	on("名字 甲方 乙方 丙方 委托方 受托方 收货方 称呼 老师 教师 讲师 签名 签字 落款 寄件 收件 名单 参会人员 与会人员 参会人 出席 参加人员 小组成员 项目成员 成员 报名人员 值班 值班人员", func(s *Scanner, start, end int) int {
		p, sep := s.leadIn(end)
		if !sep {
			return 0
		}
		return s.names(p, direct)
	})
	// Whoever it is: a word ends in one of these, and a colon follows.
	on("人： 员： 者： 长： 师： 理： 任： 生： 工： 授： 總： 总： 長： 師： 員： 手：", func(s *Scanner, start, end int) int {
		p, _ := s.leadIn(end)
		return s.names(p, perhaps)
	})
	on("姓　", func(s *Scanner, start, end int) int { // 姓　　名
		for end < len(s.text) && mark(s.text, end, "　") > 0 {
			end += 3
		}
		if mark(s.text, end, "名") == 0 {
			return 0
		}
		return s.nameBehind(start, end+3, direct)
	})
	on("我是 我就是 这是 這是", func(s *Scanner, start, end int) int {
		return s.name(end, perhaps)
	})
	on("name realname truename fullname username contact contacts contactperson linkman receiver consignee recipient addressee applicant patient payee payer cardholder customer client employee "+
		"student owner person legalperson guardian buyer passenger xm user author assignee reporter operator creator approver manager driver doctor teacher guest member visitor holder sender beneficiary insured tenant seller", (*Scanner).nameKey)
}

// nameBehind looks for a name behind a label or a word that announces one.
func (s *Scanner) nameBehind(start, end int, a announced) int {
	p, sep := s.leadIn(end)
	if sep {
		a = labeled
	}
	next := s.names(p, a)
	if next == 0 {
		s.readTable(start, end, columnNames)
	}
	return next
}

// leadIn passes what stands between a label and a name: a colon, quotes, 是, 为, tags, bars. sep tells that something of it says that a value
// follows.
func (s *Scanner) leadIn(p int) (next int, sep bool) {
	t := s.text
words:
	for k := 0; k < 10 && p < len(t); k++ {
		switch c := t[p]; c {
		case ':', '=':
			sep = true
			p++
			continue
		case '-':
			if sep || k > 0 {
				return p, sep
			}
			sep = true
			p++
			continue
		case ' ', '"', '\'', '\\', '*', '[', '(', '`', '\n', '\r':
			p++
			continue
		case '\t', '|':
			if k == 0 && p+1 < len(t) && t[p] == '\t' || p+1 < len(t) && t[p] == '|' && t[p+1] == ' ' {
				sep = true
				p++
				continue
			}
			return p, sep
		case '<', '>':
			if c == '<' {
				e := p + 1
				for e < len(t) && e-p < 24 && t[e] != '>' && t[e] != '\n' {
					e++
				}
				if e == len(t) || t[e] != '>' {
					return p, sep
				}
				p = e
			}
			sep = true
			p++
			continue
		case 0xE3, 0xEF, 0xE2, 0xE4, 0xE5, 0xE6, 0xE8:
			if p+1 == len(t) || leadSecond[t[p+1]]>>(c&15)&1 == 0 {
				break // most words
			}
			for _, w := range leadWords {
				if has(t[p:], w) {
					sep = true
					p += len(w)
					continue words
				}
			}
			if e := remark(t, p); e > p { // 甲方（出租方）：
				p = e
				continue words
			}
			for _, w := range leadQuotes {
				if has(t[p:], w) {
					p += len(w)
					continue words
				}
			}
		}
		break
	}
	return p, sep
}

// What leadIn passes, of characters of three bytes: what says that a value follows, and what it stands in. leadSecond has a bit for the
// last four of a first byte, by the second.
var (
	leadWords  = [...]string{"：", "＝", "（必填）", "（选填）", "】", "」", "是", "为", "还是", "换成", "改成", "改为", "变更为", "写", "填", "叫", "姓名", "名字", "信息："}
	leadQuotes = [...]string{"“", "‘", "【", "「", "『", "　", "（", "《"}
	leadSecond = func() (bits [256]uint16) {
		for _, w := range leadWords {
			bits[w[1]] |= 1 << (w[0] & 15)
		}
		for _, w := range leadQuotes {
			bits[w[1]] |= 1 << (w[0] & 15)
		}
		return bits
	}()
)

// remark passes a remark in parentheses that a colon follows; it returns p if there is none.
func remark(t []byte, p int) int {
	if !has(t[p:], "（") {
		return p
	}
	for i := p + 3; i+6 <= len(t) && i-p < 33 && han(t, i) >= 0; i += 3 {
		if has(t[i+3:], "）：") || has(t[i+3:], "）:") {
			return i + 6
		}
	}
	return p
}

// nameKey looks for a name that is the whole value of a key of JSON, YAML or a program.
func (s *Scanner) nameKey(start, end int) int {
	t := s.text
	if end+1 < len(t) && t[end] == ' ' && class[t[end+1]]&isLower != 0 && t[end+1] != 'i' {
		return 0 // a word of a sentence
	}
	// The part of the key before it says whose name it is: a file's and a product's are no person's.
	i := start
	if i > 0 && t[i-1] == '_' {
		i--
	}
	var buf [maxWord]byte
	k := len(buf)
	for i > 0 && k > 0 && class[t[i-1]]&isAlpha != 0 {
		i--
		k--
		buf[k] = lower(t[i])
		if class[t[i]]&isUpper != 0 {
			break
		}
	}
	if k < len(buf) && !bearers.has(string(buf[k:])) {
		return 0
	}
	if end < len(t) && class[t[end]]&isName != 0 { // nameList, name_id
		return 0
	}
	p := end
skip:
	for k := 0; k < 9 && p < len(t); k++ {
		switch t[p] {
		case ':', '=', '>', ' ', '"', '\'', '\\', '|', '\n':
			p++
		case wideLead, 0xE3, 0xE6, 0xE4, 0xE2:
			w := bracket(t[p:])
			if w == 0 {
				break skip
			}
			p += w
		case 'i':
			if !has(t[p:], "is ") {
				break skip
			}
			p += 3
		default:
			break skip
		}
	}
	n := 0
	if p > end && p < len(t) && han(t, p) >= 0 {
		a := direct
		if k == len(buf) && start+4 == end { // name alone
			if a = perhaps; s.about(start, p) == aPerson {
				a = direct
			}
		}
		if n = s.nameAt(p, a); n > 0 && a == perhaps && s.about(start, p+n) == aThing {
			return 0
		}
	}
	if n == 0 {
		s.readTable(start, end, columnMaybe)
	}
	if n == 0 || !ends(t, p+n) {
		return 0
	}
	s.emit(p, p+n, CNName, rankNamed)
	return p + n
}

// What the other keys of an object say about the one that has a name.
const (
	aMystery = iota
	aPerson  // has an age or a phone
	aThing   // has a code or a price
)

// about reads the other keys of the object that has the key name at start and its value up to end.
func (s *Scanner) about(start, end int) int {
	t := s.text
	lo := start
	for lo > 0 && start-lo < 64 && t[lo-1] != '{' && t[lo-1] != '}' {
		lo--
	}
	hi := end
	for hi < len(t) && hi-end < 64 && t[hi] != '}' && t[hi] != '{' {
		hi++
	}
	s.work += hi - lo
	what := aMystery
	var buf [16]byte
	n := 0
	for i := lo; i <= hi; i++ {
		if i == start {
			i, n = end, 0
		}
		if i < hi && class[t[i]]&isAlpha != 0 {
			if n < len(buf) {
				buf[n] = lower(t[i])
			}
			n++
			continue
		}
		if n > 1 && n <= len(buf) {
			if personKeys.has(string(buf[:n])) {
				return aPerson
			}
			if thingKeys.has(string(buf[:n])) {
				what = aThing
			}
		}
		n = 0
	}
	return what
}

var (
	personKeys = words("mobile phone tel age gender sex idcard idno birthday birth email mail address addr wechat qq card dept department title position job salary")
	thingKeys  = words("code price type level parent parentid unit stock sku skuname qty quantity category size version url path icon color province city region lat lng region count amount brand spec specs model shop goods cost")
)

// bracket is the length of the full-width punctuation or word that may stand between a key and a value, 0 if there is none.
func bracket(t []byte) int {
	for _, w := range [...]string{"：", "＝", "（", "“", "「", "【", "】", "　", "是", "为"} {
		if has(t, w) {
			return len(w)
		}
	}
	return 0
}

// bearers are the parts of keys before name that mean people.
var bearers = words("real true full user contact contacts customer client receiver recipient consignee sender patient student employee staff person applicant owner cardholder holder account payee payer member guest passenger " +
	"legal chinese cn zh parent teacher doctor insured candidate manager father mother emergency borrower buyer driver worker operator creator approver handler nick my child spouse family reporter assignee consumer")

// ends tells whether a value ends at p.
func ends(t []byte, p int) bool {
	if p == len(t) {
		return true
	}
	switch t[p] {
	case '"', '\'', ',', '\n', '\r', '<', '}', ']', ')', '|', ';', '&', '\\', '\t', '`':
		return true
	case ' ':
		return p+1 == len(t) || t[p+1] < 0x80
	}
	return has(t[p:], "，") || has(t[p:], "）") || has(t[p:], "」") || has(t[p:], "；") || has(t[p:], "。") || has(t[p:], "、") || has(t[p:], "”")
}

// name emits the name at p if there is one, and returns its end.
func (s *Scanner) name(p int, a announced) int {
	n := s.nameAt(p, a)
	if n == 0 {
		return 0
	}
	s.emit(p, p+n, CNName, rankNamed)
	return p + n
}

// names emits the names at p, of which several may be listed: 张三、李四; "张三", "李四".
func (s *Scanner) names(p int, a announced) int {
	t := s.text
	next := s.name(p, a)
	for end := next; end > 0; {
		p = end
		if has(t[p:], "、") || has(t[p:], "；") {
			p += 3
		} else {
			for k := 0; k < 4 && p < len(t) && (t[p] == '"' || t[p] == ',' || t[p] == ' ' || t[p] == '\'' || t[p] == '/'); k++ {
				p++
			}
			if p == end || p < len(t) && t[p-1] == ' ' && p == end+1 {
				break
			}
		}
		if end = s.nameAt(p, direct); end > 0 {
			if end += p; !ends(t, end) && !has(t[end:], "（") {
				break
			}
			s.emit(p, end, CNName, rankNamed)
			next = end
		}
	}
	return next
}

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
	// The characters behind the surname: how many until something else stands there, and how many of them names have.
	var given [4]int
	run := 0
	for run < len(given) {
		k := han(t, p+n+3*run)
		if k < 0 {
			break
		}
		given[run] = k
		run++
	}
	if run == 0 || n == 3 && notNames.begins(t[p:], 3+3*run, a != labeled) {
		return 0
	}
	one := givens.has(given[0])
	two := one && run > 1 && givens.has(given[1])
	odd := strange.has(given[0])
	odder := odd || run > 1 && strange.has(given[1])
	sound := run > 1 && !odder && (a != perhaps || one || givens.has(given[1]))
	switch {
	case run == 1:
		if a == labeled && !odd || a == direct && !odd || one {
			return n + 3
		}
		return 0
	case run == 2:
		if title(t[p+n:]) {
			return 0
		}
		if !two && one && goesOn(t[p+n+3:]) {
			return n + 3
		}
		if (a == labeled && !strange.has(given[1]) || sound || two) && !company(t[p:], n+6) {
			return n + 6
		}
		return 0
	}
	if title(t[p+n:]) && n == 3 {
		return 0
	}
	if n == 6 && sound && !company(t[p:], 12) {
		return 12
	}
	if (sound || two) && goesOn(t[p+n+6:]) && (two || !one || !goesOn(t[p+n+3:])) {
		return n + 6
	}
	if (a == labeled && !odd || one) && goesOn(t[p+n+3:]) {
		return n + 3
	}
	return 0
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
	for _, w := range [...]string{"先生", "女士", "小姐", "太太", "老师", "医生", "大夫", "同学", "师傅", "经理", "主任", "院长", "教授", "律师", "警官", "护士", "阿姨", "叔叔", "总监", "老板", "同志", "姓", "氏", "总的", "某"} {
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
var followers = byFirst("的 电话 電話 手机 手機 身份 身分 先生 女士 小姐 同学 老师 医生 同志 经理 住 在 是 和 与 跟 及 或 于 联系 聯絡 地址 住址 性别 男 女 年龄 今年 年 请 请 已 来自 号码 邮箱 微信 生日 出生 工号 学号 部门 职位 岗位 " +
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
