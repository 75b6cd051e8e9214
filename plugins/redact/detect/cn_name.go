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
	on("我叫 俺叫 他叫 她叫 名叫 名字叫 姓名 收件人 收货人 收貨人 寄件人 发件人 發件人 寄货人 发货人 联系人 聯繫人 聯絡人 联络人 户名 戶名 法定代表人 法人代表 法人 经办人 經辦人 申请人 申請人 "+
		"患者 病人 持卡人 投保人 被保险人 受益人 参保人 收款人 付款人 汇款人 转账人 负责人 負責人 委托人 受托人 代理人 当事人 监护人 担保人 借款人 贷款人 出借人 债务人 债权人 "+
		"开户人 户主 车主 业主 房东 租客 承租人 出租人 乘客 乘机人 乘车人 旅客 住客 入住人 订票人 预订人 预约人 购票人 购买人 考生 应聘者 应聘人 候选人 面试者 求职者 原告 被告 被告人 证人 嫌疑人 受害人 死者 伤者 "+
		"投诉人 举报人 报案人 签字人 签收人 签署人 审批人 审核人 报销人 提交人 制表人 经手人 填表人 登记人 纳税人 使用人 接收人 接待人 推荐人 介绍人 对接人 寄方 收方 请联系 尊敬的 亲爱的 责任人 签约人 授权人 被授权人 见证人 "+
		"主治医生 主治医师 班主任 客户经理 本人 主持人 记录人 汇报人 主讲人 牵头人 执行人 校对人 复核人 核对人 紧急联系人 领用人 保管人 调查人 询问人 被申请人 上诉人 被上诉人 第三人 继承人 被继承人 立遗嘱人 出票人 持票人 背书人 被保证人 保证人 抵押人 抵押权人 中介人 居间人 巡检人 值班人 报修人 来访人 访客 兹证明 股东 预约者 报名者 参赛者 获奖者 男方 女方 署名 法定代理人 报警人 就诊人 体检人 检验人 检验者 审核者 报告人 采样人 送检人 操作者 使用者 所有者 持有人 持证人 存款人 取款人 验收人 发放人 领取人 领款人 送货人 交货人 承办人 督办人 填报人 填写人 编制人 批准人 采购人 供货人 销售人 出卖人 买受人 赠与人 受赠人 转让人 受让人 出质人 共有人 侵权人 受害者 被害人 申诉人 复议人 异议人 案外人 证明人 看护人 陪护人 陪同人 同行人 随行人 來訪者 来访者 先父 先母 孝子 孝女 逝者 中文名 中文姓名 病患 當事人 監護人 證人 買受人 出賣人 承辦人 立書人 立約人 要保人 被保險人 保證人 簽收人 購買人 訂購人 業主 房東 戶主 車主 駕駛人 曾用名 原名 本名 真实姓名 出租方 承租方 买方 卖方 发包方 承包方 转让方 受让方 收款方 付款方 检验员 化验员 录入员 护理员 联络员 采购员 收货员 发货员 交班人 接班人 领养人 收养人 送养人 驾驶员 骑手 审判长 审判员 书记员 检察员 检察官 陪审员 承办法官 操作人 保证人 作者 译者 编辑 摄影 记者", func(s *Scanner, start, end int) int { return s.nameBehind(start, end, direct) })
	// Behind these without a colon mostly something else.
	on("真名 买家 卖家 客户 顾客 用户 会员 员工 雇员 职工 同事 学生 学员 同学 家长 孩子 宝宝 主管 导师 教练 组长 队长 店长 班长 医生 医师 护士 司机 快递员 "+
		"收票人 开票人 取件人 收信人 举办人 承办人 协办人 知情人 权利人 产权人 所有人 承运人 托运人 监理 主任 专员 顾问 供应商 经纪人 中介 管家 助理 秘书 会计 出纳 工程师 设计师 校长 院长 局长 处长 科长 所长 董事长 总经理 经理 律师 法官 民警 辅导员 志愿者 选手 队员 运动员 主播 "+
		"快递小哥 外卖员 配送员 送货员 业务员 推销员 销售员 收银员 售货员 服务员 操作员 质检员 安全员 管理员 技术员 维修员 飞行员 乘务员 保安 保洁 保姆 月嫂 厨师 技师 药师 会计师 审计师 分析师 摄影师 硕士生 博士生 研究生 本科生 毕业生 实习生 新生 老板 领导 上司 下属 朋友 室友 闺蜜 邻居 男友 女友 同桌 我爸 我妈 我哥 我姐 我弟 我妹 我爷爷 我奶奶 外公 外婆 爷爷 奶奶 叔叔 阿姨 舅舅 姑姑 岳父 岳母 公公 婆婆 儿媳 女婿 孙子 孙女 外甥 侄子 表哥 表姐 表弟 表妹 堂哥 堂弟 签字 签名 房客 員工 學生 同學 老師 醫師 醫生 護理師 客戶 會員 司機 律師 家長 媽媽 女兒 兒子 經理 總經理 董事長 校長 院長 長女 長子 顧客 录用 聘用 聘请 任命 辞退 解聘 等奖 接口人 班干部 学委 课代表 团支书 支书 村长 会长 秘书长 理事 监事 高管 总监 部长 站长 船长 机长 列车长 连长 排长 战士 警官 警员 辅警 交警 刑警 消防员 新郎 新娘 伴郎 伴娘 博主 球员 裁判 仓管 库管 护工 护士长 住院医 麻醉师 药剂师 咨询师 营养师 家教 园长 保育员 幼师 导游 领队 "+
		"住户 居民 村民 租户 商户 店主 摊主 老板娘 店员 服务生 木工 电工 瓦工 水电工 施工员 辩护人 被监护人 抚养人 被抚养人 被执行人 申请执行人 罪犯 亲戚 姨妈 姑妈 舅妈 姑父 姨父 姨夫 伯父 伯母 嫂子 弟媳 妹夫 姐夫 外婆 姥姥 姥爷 继父 继母 养父 养母 生父 生母 男朋友 女朋友 前任 前男友 前女友 闺女 宝贝 小朋友 "+
		"务部 术部 事部 售部 场部 营部 购部 发部 计部 政部 程部 流部 服部 研部 品部 运维 运营 测试 前端 后端 开发 产品 财务 人事 行政 销售 采购 客服 前台 长女 长子 次女 次子 独子 独女 养子 养女 继子 继女 前妻 前夫 家属 亲属 好友 网友 队友 战友 校友 学长 学姐 学弟 学妹 师兄 师姐 师弟 师妹 老乡 合伙人 面试官 考官 评委 嘉宾 "+
		"寄给 发给 交给 转给 借给 还给 送给 账给 款给 留给 卖给 租给 付给 退给 嫁给 绍给 荐给 通知 联系 找到 转告 今借到 今收到 今欠 "+
		"老师 教师 讲师 叫做 丈夫 妻子 配偶 父亲 母亲 儿子 女儿 哥哥 姐姐 弟弟 妹妹 爸爸 妈妈 老公 老婆", func(s *Scanner, start, end int) int { return s.nameBehind(start, end, perhaps) })
	on("代表 对象 甲方 乙方 丙方 委托方 受托方 收货方 称呼 落款 抄送 主送 寄件 收件 名单 名册 参会人员 与会人员 参会人 出席 参加人员 小组成员 项目成员 成员 报名人员 值班 值班人员 致", func(s *Scanner, start, end int) int {
		p, sep := s.leadIn(end)
		if !sep {
			return 0
		}
		for k := 0; k < 4; k++ {
			if next := s.names(p, direct); next > 0 {
				return next
			}
			for i := p; i < p+24 && han(s.text, i) >= 0; i += 3 { // 参会人员：张总、李梅
				if has(s.text[i+3:], "、") {
					p = i + 6
					break
				}
			}
		}
		return 0
	})
	// Whoever it is: a word ends in one of these, and a colon follows.
	on("我： 他： 她： 爸： 妈： 资料： 人： 员： 者： 长： 师： 理： 任： 生： 工： 授： 總： 总： 長： 師： 員： 手：", func(s *Scanner, start, end int) int {
		p, _ := s.leadIn(end)
		return s.names(p, perhaps)
	})
	on("人 员 者 师 師 員", func(s *Scanner, start, end int) int { // the same with a colon of ASCII
		if end == len(s.text) || s.text[end] != ':' {
			return 0
		}
		return s.names(spaces(s.text, end+1), perhaps)
	})
	on("姓 姓　", func(s *Scanner, start, end int) int { // 姓　　名, 姓 名
		for n := 1; n > 0 && end-start < 24; end += n {
			n = mark(s.text, end, "　", " ")
		}
		if end == start+3 || mark(s.text, end, "名") == 0 {
			return 0
		}
		return s.nameBehind(start, end+3, direct)
	})
	on("名字", func(s *Scanner, start, end int) int {
		if start >= 3 && has(s.text[start-3:], "姓") { // 姓名字段
			return 0
		}
		return s.nameBehind(start, end, perhaps)
	})
	on("甲方 乙方 丙方", func(s *Scanner, start, end int) int { // 甲方李梅与乙方
		if n := s.nameAt(end, perhaps); n > 0 && (goesOn(s.text[end+n:]) || han(s.text, end+n) < 0) {
			return s.name(end, perhaps)
		}
		return 0
	})
	on("我，", func(s *Scanner, start, end int) int { // 我，李梅，
		if n := s.nameAt(end, direct); n > 0 && mark(s.text, end+n, "，", "（", "、", "：") > 0 {
			return s.name(end, direct)
		}
		return 0
	})
	on("我是 我就是 这是 這是", func(s *Scanner, start, end int) int {
		if next := s.name(end, perhaps); next > 0 {
			return next
		}
		for p := end; p < end+30 && han(s.text, p) >= 0; p += 3 { // 我是运营部的李梅
			if has(s.text[p:], "的") {
				if n := s.nameAt(p+3, perhaps); n > 0 && han(s.text, p+3+n) < 0 {
					s.emit(p+3, p+3+n, CNName, rankNamed)
					return p + 3 + n
				}
			}
		}
		return 0
	})
	on("name realname truename fullname username contact contacts contactperson linkman receiver consignee recipient addressee applicant patient payee payer cardholder customer client employee fn "+
		"student owner person legalperson guardian buyer passenger xm user author assignee reporter operator creator approver manager driver doctor teacher guest member visitor holder sender beneficiary insured tenant seller", (*Scanner).nameKey)
}

// nameBehind looks for a name behind a label or a word that announces one. A colon makes it surer.
func (s *Scanner) nameBehind(start, end int, a announced) int {
	p, sep := s.leadIn(end)
	if sep || a == direct && apart(s.text, end, p) {
		a++
	}
	next := s.names(p, a)
	if next == 0 {
		s.readTable(start, end, columnNames)
	}
	return next
}

// apart tells whether blanks part up to four characters at p from a label before and from what follows, as in a form: 寄件人 方桐 139….
func apart(t []byte, end, p int) bool {
	if p != end+1 || t[end] != ' ' {
		return false
	}
	e := p
	for e < p+15 && han(t, e) >= 0 {
		e += 3
	}
	return e < p+15 && (e == len(t) || t[e] <= ' ')
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
			if c == '(' {
				if e := remark(t, p); e > p {
					p = e
					continue
				}
			}
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
			if k == 0 && mark(t, p, "）") > 0 && mark(t, p+3, "：", ":") > 0 { // （甲方）：
				p += 3
				continue words
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
	n := mark(t, p, "（", "(")
	if n == 0 {
		return p
	}
	for i := p + n; i+6 <= len(t) && i-p < 33 && han(t, i) >= 0; i += 3 {
		if k := mark(t, i+3, "）", ")"); k > 0 && mark(t, i+3+k, "：", ":") > 0 {
			return i + 3 + k
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
	"cust pat acct oper emp stu usr shipper consignor legal chinese cn zh parent teacher doctor insured candidate manager father mother emergency borrower buyer driver worker operator creator approver handler nick my child spouse family reporter assignee consumer")

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
		if has(t[p:], "、") || has(t[p:], "；") || has(t[p:], "和") || has(t[p:], "与") || has(t[p:], "及") {
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
