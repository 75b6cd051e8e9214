package detect

// A number of a plausible form is judged by what names it: the key, column or words before it and the unit
// after it. Only numbers that have passed every other check come here, so this may take its time.

// verdict is what the surroundings say about a candidate.
type verdict int8

const (
	neutral verdict = iota
	favour          // named as what the detector looks for
	against         // named as an identifier, an amount or a point in time
)

// lexicon holds the words that speak for a type. Latin words are looked up as parts of snake and camel
// names, lower case; Chinese ones anywhere.
type lexicon struct {
	latin map[string]bool
	han   []string
}

var phoneWords = lexicon{
	latin: words("phone phones telephone tel mobile mobil cell cellphone cellular call calls callback dial sms text texted whatsapp wechat fax msisdn " +
		"contact contacts handy telefon telefono téléphone telefone ring hotline reach phoned tlf telefoon"),
	han: []string{"手机", "电话", "联系", "致电", "拨打", "来电", "微信", "短信", "传真", "手機", "電話", "聯繫", "聯絡", "打给", "回拨", "加我"},
}

var cardWords = lexicon{
	latin: words("card cards cardnumber pan visa mastercard amex maestro unionpay jcb discover diners credit debit cc ccnum creditcard payment carte karte tarjeta"),
	han:   []string{"卡号", "银行卡", "信用卡", "借记卡", "储蓄卡", "卡", "账号", "账户", "卡號", "銀行卡", "帳號"},
}

// Words that name identifiers, amounts and times: what stands right behind them is not personal.
var (
	latinAgainst = words("id ids uid uuid guid pid gid tid oid sn order orders invoice tracking track shipment parcel waybill ticket txn transaction trx trace " +
		"ref reference receipt serial sku isbn issn ean upc gtin asin doi imei imsi iccid cve rfc iso version build commit sha hash digest etag nonce seed " +
		"timestamp ts time epoch date mtime ctime atime created updated expires exp iat nbf size bytes length offset count total amount price sum balance " +
		"port pointer addr row index idx seq sequence batch job run session request req span contract case bug issue pr")
	hanAgainst = []string{"订单", "运单", "流水", "单号", "编号", "合同", "工号", "学号", "序列", "发票", "交易", "快递", "物流", "票号", "案号", "批次", "型号", "时间戳", "金额", "总数", "价格",
		"訂單", "運單", "編號", "合約", "序號", "發票", "條碼", "条码", "条形码", "版本", "工单", "标识", "索引", "大小", "长度", "数量", "主键", "会员", "商品", "客户号", "货号"}
	// glue stands between a name and its value without naming anything.
	latinGlue = words("is are was no nr num number numbers the a an of my his her their our your to value code as equals at on for new old")
	// Units that follow an amount.
	latinUnits = words("b kb mb gb tb kib mib gib bytes byte bits bit ms ns us sec secs seconds rows records tokens usd eur cny rmb yuan dollars items lines times hz khz mhz ghz px")
	hanUnits   = []string{"元", "美元", "万", "亿", "字节", "毫秒", "微秒", "纳秒", "块钱", "人民币", "条记录", "行数据", "行代码", "次请求", "次访问", "个字"}
)

func words(list string) map[string]bool {
	m := make(map[string]bool)
	for i := 0; i < len(list); {
		j := i
		for j < len(list) && list[j] != ' ' {
			j++
		}
		m[list[i:j]] = true
		i = j + 1
	}
	return m
}

// How far the surroundings reach, in bytes.
const (
	reachBefore = 40
	reachAfter  = 12
)

// sense looks at what stands around text[start:end] on its line. The nearest word that says something decides;
// words against count only when they name the value itself, so that "order shipped to 138…" stays a phone.
func sense(t []byte, start, end int, lex lexicon) verdict {
	low := max(0, start-reachBefore)
	for i := start - 1; i >= low; i-- {
		if t[i] == '\n' && start-i > 2 {
			low = i + 1
			break
		}
	}
	v, at := latinSense(t, low, start, lex)
	if h, hat := hanSense(t[low:start], lex); h != neutral && low+hat > at {
		v = h
	}
	if v == neutral && unitFollows(t, end) {
		return against
	}
	return v
}

// latinSense walks back over the words and parts of names before p.
func latinSense(t []byte, low, p int, lex lexicon) (verdict, int) {
	var buf [16]byte
	if p > 0 && t[p-1] == '#' {
		return against, p - 1
	}
	named := false // a word passed that is not glue
	for i := p; i > low; {
		if class[t[i-1]]&isAlpha == 0 {
			i--
			continue
		}
		e := i
		for i > low && class[t[i-1]]&isAlpha != 0 {
			i--
			// A capital starts a part of a camel name, unless capitals go on, as in ID.
			if class[t[i]]&isUpper != 0 && (i+1 == e || class[t[i+1]]&isLower != 0) && i > low && class[t[i-1]]&isLower != 0 {
				break
			}
		}
		if e-i > len(buf) {
			named = true
			continue
		}
		w := buf[:e-i]
		for j := range w {
			w[j] = lower(t[i+j])
		}
		switch {
		case lex.latin[string(w)]:
			return favour, i
		case latinGlue[string(w)]:
		case !named && latinAgainst[string(w)]:
			return against, i
		default:
			named = true
		}
	}
	return neutral, -1
}

// hanSense finds the last of the Chinese terms in b.
func hanSense(b []byte, lex lexicon) (verdict, int) {
	v, at := neutral, -1
	for _, w := range lex.han {
		if i := lastIndex(b, w); i >= 0 && i+len(w) > at {
			v, at = favour, i+len(w)
		}
	}
	near := max(0, len(b)-24)
	for _, w := range hanAgainst {
		if i := lastIndex(b[near:], w); i >= 0 && near+i+len(w) > at {
			v, at = against, near+i+len(w)
		}
	}
	return v, at
}

func unitFollows(t []byte, p int) bool {
	if p < len(t) && t[p] == ' ' {
		p++
	}
	for _, u := range hanUnits {
		if p+len(u) <= len(t) && string(t[p:p+len(u)]) == u {
			return true
		}
	}
	e := p
	for e < len(t) && e-p < reachAfter && class[t[e]]&isAlpha != 0 {
		e++
	}
	if e == p || e-p == reachAfter {
		return false
	}
	var buf [reachAfter]byte
	for j := range e - p {
		buf[j] = lower(t[p+j])
	}
	return latinUnits[string(buf[:e-p])]
}

// lastIndex is bytes.LastIndex for short text.
func lastIndex(b []byte, w string) int {
	for i := len(b) - len(w); i >= 0; i-- {
		if string(b[i:i+len(w)]) == w {
			return i
		}
	}
	return -1
}
