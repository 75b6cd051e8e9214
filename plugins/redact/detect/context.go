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

// What a word says, one bit each.
const (
	namesPhone uint8 = 1 << iota
	namesCard
	isAgainst // names identifiers, amounts and times: what stands right behind is not personal
	isGlue    // stands between a name and its value without naming anything
	isUnit    // follows an amount
)

// latin are words and parts of snake and camel names, lower case.
var latin = lexicon(
	namesPhone, "phone phones telephone tel mobile mobil cell cellphone cellular call calls callback dial sms text texted whatsapp wechat fax msisdn "+
		"contact contacts handy telefon telefono téléphone telefone ring hotline reach phoned tlf telefoon",
	namesCard, "card cards cardnumber pan visa mastercard amex maestro unionpay jcb discover diners credit debit cc ccnum creditcard payment carte karte tarjeta",
	isAgainst, "id ids uid uuid guid pid gid tid oid sn order orders invoice tracking track shipment parcel waybill ticket txn transaction trx trace "+
		"ref reference receipt serial sku isbn issn ean upc gtin asin doi imei imsi iccid cve rfc iso version build commit sha hash digest etag nonce seed "+
		"timestamp ts time lifetime ttl duration timeout interval epoch date mtime ctime atime created updated expires exp iat nbf size bytes length offset count total amount price sum balance "+
		"port pointer addr row index idx seq sequence batch job run session request req span contract case bug issue pr",
	isGlue, "is are was no nr num number numbers the a an of my his her their our your to value code as equals at on for new old",
	isUnit, "b kb mb gb tb kib mib gib bytes byte bits bit ms ns us sec secs seconds rows records tokens usd eur cny rmb yuan dollars items lines times hz khz mhz ghz px",
)

// han are terms of two characters, or the last two of longer ones; they may stand anywhere in a sentence.
var han = lexicon(
	namesPhone, "手机 电话 联系 致电 拨打 来电 微信 短信 传真 手機 電話 聯繫 聯絡 打给 回拨 加我",
	namesCard, "卡号 行卡 用卡 记卡 蓄卡 账号 账户 卡號 帳號",
	isAgainst, "订单 运单 流水 单号 编号 合同 工号 学号 序列 发票 交易 快递 物流 票号 案号 批次 型号 间戳 金额 总数 价格 "+
		"訂單 運單 編號 合約 序號 發票 條碼 条码 形码 版本 工单 标识 索引 大小 长度 数量 主键 会员 商品 户号 货号",
)

// hanUnits follow an amount.
var hanUnits = [...]string{"元", "美元", "万", "亿", "字节", "毫秒", "微秒", "纳秒", "块钱", "人民币", "条记录", "行数据", "行代码", "次请求", "次访问", "个字"}

// lexicon is made of pairs of a bit and a list of words.
func lexicon(pairs ...any) map[string]uint8 {
	m := make(map[string]uint8)
	for i := 0; i < len(pairs); i += 2 {
		for w := range words(pairs[i+1].(string)) {
			m[w] |= uint8(pairs[i].(uint8))
		}
	}
	return m
}

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
	reachNear   = 24 // of Chinese terms against
	reachAfter  = 12
)

// sense looks at what stands around text[start:end] on its line. The nearest word that says something decides;
// words against count only when they name the value itself, so that "order shipped to 138…" stays a phone.
func sense(t []byte, start, end int, names uint8) verdict {
	low := max(0, start-reachBefore)
	wide := false
	for i := start - 1; i >= low; i-- {
		if t[i] == '\n' && start-i > 2 {
			low = i + 1
			break
		}
		wide = wide || t[i] >= 0x80
	}
	v, at := latinSense(t, low, start, names)
	if wide {
		if h, hat := hanSense(t, low, start, names); h != neutral && hat > at {
			v = h
		}
	}
	if v == neutral && unitFollows(t, end) {
		return against
	}
	return v
}

// latinSense walks back over the words and parts of names before p.
func latinSense(t []byte, low, p int, names uint8) (verdict, int) {
	var buf [reachAfter]byte
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
		if e-i > len(buf) || i == low && low > 0 && class[t[low-1]]&isAlpha != 0 { // too long, or the end of a longer word
			named = true
			continue
		}
		w := buf[:e-i]
		for j := range w {
			w[j] = lower(t[i+j])
		}
		switch m := latin[string(w)]; {
		case m&names != 0:
			return favour, i
		case m&isGlue != 0:
		case !named && m&isAgainst != 0:
			return against, i
		default:
			named = true
		}
	}
	return neutral, -1
}

// hanSense finds the last of the Chinese terms in t[low:p].
func hanSense(t []byte, low, p int, names uint8) (verdict, int) {
	for i := p - 6; i >= low; i-- {
		if t[i] < 0xE3 || t[i] > 0xE9 {
			continue
		}
		switch m := han[string(t[i:i+6])]; {
		case m&names != 0:
			return favour, i
		case m&isAgainst != 0 && p-i <= reachNear:
			return against, i
		}
	}
	return neutral, -1
}

func unitFollows(t []byte, p int) bool {
	if p < len(t) && t[p] == ' ' {
		p++
	}
	if p < len(t) && t[p] >= 0xE4 {
		for _, u := range hanUnits {
			if p+len(u) <= len(t) && string(t[p:p+len(u)]) == u {
				return true
			}
		}
	}
	var buf [reachAfter]byte
	n := 0
	for p+n < len(t) && class[t[p+n]]&isAlpha != 0 {
		if n == len(buf) {
			return false
		}
		buf[n] = lower(t[p+n])
		n++
	}
	return n > 0 && latin[string(buf[:n])]&isUnit != 0
}

// lastIndex is bytes.LastIndex for short text.
func lastIndex(b []byte, w string) int {
	for i := len(b) - len(w); i >= 0; i-- {
		if b[i] == w[0] && string(b[i:i+len(w)]) == w {
			return i
		}
	}
	return -1
}
