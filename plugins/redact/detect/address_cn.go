package detect

// CNAddress is a postal address in Chinese: a chain of at least two of province, city, district, town, road and
// estate that leads to the number of a house, a building or a room.
var CNAddress = define(Kind{Name: "cn_address", Family: Personal, Prefix: "ADDRESS"})

// The scan comes here at a number with a mark behind it (88号): numbers are rarer in Chinese text than the
// characters that roads and districts end with. The chain is read backwards from there, the rest forwards.

// maxChain is how far back a chain may begin, in characters.
const maxChain = 40

func init() {
	on("一号 二号 三号 四号 五号 六号 七号 八号 九号 十号 零号 〇号 百号", func(s *Scanner, start, end int) int {
		p := start
		for p >= 3 && start-p < 15 && chineseDigit(s.text[p-3:p]) {
			p -= 3
		}
		m := numberMark(s.text, end-3)
		if m == 0 {
			return 0
		}
		return s.chineseAddress(p, end-3, m)
	})
	contextAddress = named("address addr adr street home shipping deliver 地址 住址 家住 住在 寄到 送到 送货 寄往 收货 位于 户籍 居住 现住 配送 上门 住所 搬到 門牌 门牌 租住")
}

var contextAddress context

func chineseDigit(b []byte) bool {
	switch string(b) {
	case "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "零", "〇":
		return true
	}
	return false
}

// numberMark is the length of the mark behind a number that houses, buildings and rooms have, 0 if there is none.
func numberMark(t []byte, p int) int {
	if p+3 > len(t) {
		return 0
	}
	switch string(t[p : p+3]) {
	case "号", "號":
		for _, w := range [...]string{"楼", "樓", "院", "门", "栋"} {
			if has(t[p+3:], w) && !has(t[p+6:], "口") {
				return 6
			}
		}
		for _, w := range [...]string{"线", "令", "文", "码", "机", "种", "位", "选", "台风", "公告", "通知", "球", "电", "字", "高速", "桌", "卡", "店", "仓", "生"} {
			if has(t[p+3:], w) {
				return 0
			}
		}
		return 3
	case "单", "單":
		if has(t[p+3:], "元") {
			return 6
		}
		return 0
	case "弄", "栋", "棟", "幢", "座", "室", "楼", "樓", "巷", "组", "層", "层", "房", "户", "段":
		return 3
	}
	return 0
}

// Levels of a chain.
const (
	levelNone = iota
	levelProvince
	levelCity
	levelDistrict
	levelTown
	levelRoad
	levelEstate
)

// levelAt is the level that the character at i ends, levelNone if none; lo bounds what stands before it.
func levelAt(t []byte, lo, i int) int {
	if i < lo+3 {
		return levelNone
	}
	b := string(t[i-3 : i])
	in := func(list string) bool {
		for k := 0; k < len(list); k += 3 {
			if list[k:k+3] == b {
				return true
			}
		}
		return false
	}
	switch string(t[i : i+3]) {
	case "省":
		return levelProvince
	case "市":
		if in("城超上股门夜菜楼本全") {
			return levelNone
		}
		return levelCity
	case "州", "盟":
		if in("自治") || i >= 6 && has(t[i-6:], "自治") {
			return levelCity
		}
	case "区", "區":
		switch {
		case in("治"):
			return levelProvince
		case in("小"):
			return levelEstate
		case in("社园發发"):
			return levelTown
		case in("地时分误专盲誤"):
			return levelNone
		}
		return levelDistrict
	case "县", "縣", "旗":
		return levelDistrict
	case "镇", "鎮", "乡", "鄉", "村", "屯", "庄", "莊":
		return levelTown
	case "道":
		switch {
		case in("街"):
			return levelTown
		case in("知报频通渠轨管味赛跑车航一"):
			return levelNone
		}
		return levelRoad
	case "路":
		if in("电线思网链短回铁套上走出领") || in("一") && i-3-lo < 6 { // 建设一路 is one
			return levelNone
		}
		return levelRoad
	case "街", "巷", "弄":
		return levelRoad
	case "里":
		if in("公这那哪心手夜家城") {
			return levelNone
		}
		return levelEstate
	case "同":
		if in("胡") {
			return levelRoad
		}
	case "苑", "园", "厦", "寓", "城", "场", "院", "府", "庭", "湾", "邸", "坊", "馆", "座", "期", "阁", "郡", "轩", "園", "廈", "灣", "筑", "墅", "大":
		if in("现") || in("政") && has(t[i:], "府") || has(t[i:], "大") || has(t[i:], "期") && in("日学周假时到近长短效定") {
			return levelNone
		}
		return levelEstate
	case "心":
		if in("中") {
			return levelEstate
		}
	}
	return levelNone
}

// chineseAddress is asked about the number [p,e) with a mark behind it, which is m bytes long: it may be the first of an address.
func (s *Scanner) chineseAddress(p, e, m int) int {
	if !s.types.Has(CNAddress) {
		return 0
	}
	if p >= 3 && s.text[p-1] >= 0x80 && numberMark(s.text, p-3) == 3 && !has(s.text[p-3:], "段") && !has(s.text[p-3:], "巷") && !has(s.text[p-3:], "弄") && !has(s.text[p-3:], "组") {
		return 0 // the number before was none of an address
	}
	if p >= 3 && has(s.text[p-3:], "第") {
		return 0 // 令第52号
	}
	lo, levels, places := s.chain(p)
	if lo < 0 {
		return 0
	}
	end, numbers := s.rest(e + m)
	s.work += end - lo
	if levels&(1<<levelDistrict|1<<levelTown|1<<levelRoad|1<<levelEstate) == 0 {
		return 0
	}
	if places < 2 && numbers == 0 && !(levels&(1<<levelRoad) != 0 && lo >= 3 && whereabouts(s.text[lo-3:])) && !s.favours(lo, contextAddress) {
		return 0
	}
	if places < 2 && levels&(1<<levelRoad|1<<levelEstate) == 0 {
		return 0
	}
	s.emit(lo, end, CNAddress, rankNamed)
	return end
}

// whereabouts tells whether a word for being or coming somewhere begins at t: 在解放路118号, 改到解放路118号.
func whereabouts(t []byte) bool { return mark(t, 0, "在", "到", "去", "至", "往", "回") > 0 }

// chain reads back from the number at p: where the address starts, -1 if nowhere, the levels it has (a bit each), and how many.
func (s *Scanner) chain(p int) (start, levels, places int) {
	t := s.text
	lo := p
	for k := 0; k < maxChain && lo > 0; k++ {
		c := t[lo-1]
		if class[c]&isAlnum != 0 || c == '-' && (k > 0 || lo > 1 && class[t[lo-2]]&isDigit != 0) {
			lo--
			continue
		}
		if c == ' ' && lo > 3 && han(t, lo-4) >= 0 && (levelAt(t, 0, lo-4) != levelNone || place(t[max(0, lo-7):lo-1]) != 0) && (lo == p || han(t, lo) >= 0) {
			lo--
			continue
		}
		w := 3
		if lo < 3 || han(t, lo-3) < 0 && !wideDigit(t, lo-3) {
			break
		}
		if breaks(t, lo-3) {
			break
		}
		lo -= w
	}
	s.work += p - lo
	for lo < p && han(t, lo) < 0 { // a chain starts with a name
		lo++
	}
	if !leveled(t[lo:p]) {
		return -1, 0, 0
	}
	// A known province or city that is not itself part of the name of a road starts it.
	known := -1
	for i := lo; i+6 <= p; {
		if han(t, i) < 0 {
			i++
			continue
		}
		if k := place(t[i:p]); k != 0 && (i == lo || levelAt(t, lo, i-3) == levelNone) && !roadBehind(t[i+6:p]) {
			known = i
			break
		}
		i += 3
	}
	if known >= 0 {
		lo = known
		places++
		levels |= 1 << levelCity
	}
	first := -1
	from := lo
	last := levelNone
	for i := lo; i+3 <= p; {
		if han(t, i) < 0 {
			i++
			continue
		}
		l := levelAt(t, from, i)
		if l != levelNone && i+3 < p && levelAt(t, i, i+3) == l && l >= levelRoad { // 大厦城: the last counts
			l = levelNone
		}
		if l != levelNone {
			if first < 0 {
				first = i
			}
			if !(known >= 0 && from == known && l <= levelCity && i-from <= 9) && !(l == last && l == levelEstate) {
				places++
			}
			levels |= 1 << l
			last = l
			from = i + 3
		}
		i += 3
	}
	if first < 0 {
		return -1, 0, 0
	}
	// Without a known place the first name is taken to be short.
	if known < 0 && first-lo > 15 {
		from := lo
		lo = first
		for k := 0; k < 2 && lo-3 >= from && han(t, lo-3) >= 0; k++ {
			lo -= 3
		}
	}
	return lo, levels, places
}

// leveled tells whether some character ends a level.
func leveled(t []byte) bool {
	for i := 0; i+3 <= len(t); {
		if t[i] < 0x80 {
			i++
			continue
		}
		if levelAt(t, 0, i) != levelNone {
			return true
		}
		i += 3
	}
	return false
}

// roadBehind tells whether a name goes on as that of a road: 南京东路.
func roadBehind(t []byte) bool {
	for k := 0; k < 2; k++ {
		if has(t, "路") || has(t, "街") || has(t, "大道") || has(t, "道") || has(t, "大街") {
			return true
		}
		if len(t) < 3 || !(has(t, "东") || has(t, "西") || has(t, "南") || has(t, "北") || has(t, "中")) {
			return false
		}
		t = t[3:]
	}
	return false
}

// buildingBehind tells whether the name of a building goes on, and a number stands behind it.
func buildingBehind(t []byte) bool {
	for i := 0; i < 30 && i < len(t) && han(t, i) >= 0; {
		i += 3
		if i < 6 || mark(t, i-6, "中心", "大厦", "广场", "大楼", "公楼", "字楼", "公寓", "花园", "小区", "国际", "商厦", "园区") == 0 {
			continue
		}
		b := i
		for i < len(t) && i-b < 8 && class[t[i]]&isAlnum != 0 {
			i++
		}
		return i > b && numberMark(t, i) > 0
	}
	return false
}

// breaks tells whether the character at p belongs to the sentence around an address rather than to the address.
func breaks(t []byte, p int) bool {
	switch string(t[p : p+3]) {
	case "到", "在", "住", "寄", "送", "是", "的", "了", "我", "你", "您", "他", "她", "它", "们", "给", "请", "把", "被", "去", "址", "至", "及", "或", "与", "为", "有", "搬", "说", "派", "叫", "收":
		return true
	case "号":
		return p >= 3 && mark(t, p-3, "房", "牌", "编", "户") > 0
	case "于", "和", "来", "从", "将", "往":
		if roadBehind(t[p+3:]) || buildingBehind(t[p+3:]) { // 丰和中大道, 润和创智中心4栋
			return false
		}
		for _, w := range [...]string{"于都", "于洪", "和平", "和田", "和县", "和林", "和静", "和顺", "和龙", "和谐", "和浩", "来宾", "来安", "来凤", "从化", "从江", "将乐"} {
			if has(t[p:], w) {
				return false
			}
		}
		return true
	}
	return false
}

// place tells whether the text begins with the name of a province (1) or city (2).
func place(t []byte) int {
	if len(t) < 6 {
		return 0
	}
	return int(placeNames[string(t[:6])])
}

var placeNames = map[string]uint8{}

func init() { later(listPlaces) }

func listPlaces() {
	m := placeNames
	for i, list := range [...]string{
		"北京上海天津重庆河北山西辽宁吉林江苏浙江安徽福建江西山东河南湖北湖南广东海南四川贵州云南陕西甘肃青海台湾广西西藏宁夏新疆香港澳门臺灣重慶內蒙内蒙黑龙",
		"广州深圳珠海汕头佛山韶关湛江肇庆江门茂名惠州梅州汕尾河源阳江清远东莞中山潮州揭阳云浮南京无锡徐州常州苏州南通淮安盐城扬州镇江泰州宿迁杭州宁波温州嘉兴湖州绍兴金华衢州舟山台州丽水" +
			"合肥芜湖蚌埠淮南淮北铜陵安庆黄山滁州阜阳宿州六安亳州池州宣城福州厦门莆田三明泉州漳州南平龙岩宁德南昌萍乡九江新余鹰潭赣州吉安宜春抚州上饶济南青岛淄博枣庄东营烟台潍坊济宁泰安威海日照临沂德州聊城滨州菏泽" +
			"郑州开封洛阳安阳鹤壁新乡焦作濮阳许昌漯河南阳商丘信阳周口武汉黄石十堰宜昌襄阳鄂州荆门孝感荆州黄冈咸宁随州恩施长沙株洲湘潭衡阳邵阳岳阳常德益阳郴州永州怀化娄底湘西" +
			"南宁柳州桂林梧州北海钦州贵港玉林百色贺州河池来宾崇左海口三亚成都自贡泸州德阳绵阳广元遂宁内江乐山南充眉山宜宾广安达州雅安巴中资阳贵阳遵义安顺毕节铜仁昆明曲靖玉溪保山昭通丽江普洱临沧大理红河文山" +
			"拉萨西安铜川宝鸡咸阳渭南延安汉中榆林安康商洛兰州金昌白银天水武威张掖平凉酒泉庆阳定西陇南西宁海东银川吴忠固原中卫吐鲁哈密昌吉伊犁喀什阿克太原大同阳泉长治晋城朔州晋中运城忻州临汾吕梁" +
			"呼和包头乌海赤峰通辽鄂尔呼伦沈阳大连鞍山抚顺本溪丹东锦州营口阜新辽阳盘锦铁岭朝阳葫芦长春四平辽源通化白山松原白城延边哈尔齐齐鸡西鹤岗双鸭大庆伊春佳木七台牡丹黑河绥化唐山秦皇邯郸邢台保定张家承德沧州廊坊衡水石家" +
			"九龙九龍新界昆山义乌台北新北桃园高雄臺北臺中台中臺南台南桃園",
	} {
		for k := 0; k+6 <= len(list); k += 6 {
			m[list[k:k+6]] = uint8(i + 1)
		}
	}
	delete(m, "朝阳") // a district of Beijing first of all
	delete(m, "大同")
	delete(m, "长治")
}
