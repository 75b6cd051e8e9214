package detect

// context is the number of a detector's list of words; detectors with the same list share it. 0 has no words.
type context uint16

const maxContexts = 448

type contexts [maxContexts / 64]uint64

func (c *contexts) has(x context) bool { return c[x>>6]>>(x&63)&1 != 0 }

// term is what a word says.
type term struct {
	names contexts // whose name it is
	flags uint8
}

// Words that say the same to every detector.
const (
	isAgainst uint8 = 1 << iota // names identifiers, amounts and times: what stands right behind is not personal
	isGlue                      // stands between a name and its value without naming anything
	isUnit                      // follows an amount
	isNumber                    // against, but not right behind what names: 企业编号 is the number of an enterprise
)

var (
	contextIDs = map[string]context{"": 0}
	terms      []term                     // terms[0] is empty
	latinFirst [1 << wordBits / 64]uint64 // a bit for the hash of each word of letters: most words are in no list
	wide       = map[uint16][]wideTerm{}
	wideFirst  [1024]uint64 // the first characters of wide terms
)

// wideTerm is a word of a script that is written without spaces.
type wideTerm struct {
	word string
	term uint16
}

// named returns the context of a list of words.
//
//go:noinline
func named(list string) context {
	if id, ok := contextIDs[list]; ok {
		return id
	}
	id := context(len(contextIDs))
	if id >= maxContexts {
		panic("detect: too many lists of words")
	}
	contextIDs[list] = id
	later(func() {
		for w := range wordsOf(list) {
			termOf(w).names[id>>6] |= 1 << (id & 63)
		}
	})
	return id
}

// termOf is the term of a word, made if there is none.
func termOf(w string) *term {
	if len(terms) == 0 {
		terms = make([]term, 1, 1536)
	}
	if w[0] < 0xE0 {
		k := latinTerm(bytesOf(w), 0, len(w))
		if k == 0 {
			k = uint16(len(terms))
			terms = append(terms, term{})
			addLatin(w, k)
		}
		return &terms[k]
	}
	r := runeOf(w)
	for _, x := range wide[r] {
		if x.word == w {
			return &terms[x.term]
		}
	}
	wideFirst[r>>6] |= 1 << (r & 63)
	wide[r] = append(wide[r], wideTerm{w, uint16(len(terms))})
	terms = append(terms, term{})
	return &terms[len(terms)-1]
}

// runeOf is the first character of w, which has three bytes.
func runeOf(w string) uint16 {
	return uint16(w[0])<<12 | uint16(w[1]&0x3f)<<6 | uint16(w[2]&0x3f)
}

// flag gives words a meaning for every detector.
//
//go:noinline
func flag(f uint8, list string) {
	later(func() {
		for w := range wordsOf(list) {
			termOf(w).flags |= f
		}
	})
}

func init() {
	flag(isAgainst, "id ids uid uuid guid pid gid tid oid sn order orders invoice tracking track shipment parcel waybill ticket txn transaction trx trace "+
		"ref reference receipt serial sku isbn issn ean upc gtin asin doi imei imsi iccid cve rfc iso version build commit sha hash digest etag nonce seed "+
		"timestamp ts time lifetime ttl duration timeout interval epoch date mtime ctime atime created updated expires exp iat nbf size bytes length offset count total amount price sum balance "+
		"port pointer addr row index idx seq sequence batch job run session request req contract case bug issue pr "+
		"订单 运单 流水 单号 编号 合同 工号 学号 序列 发票 交易 快递 物流 票号 案号 批次 型号 间戳 金额 总数 价格 "+
		"訂單 運單 編號 合約 序號 發票 條碼 条码 形码 版本 工单 标识 索引 大小 长度 数量 主键 会员 商品 户号 货号")
	flag(isNumber, "编号 編號 番号 序号 id ids")
	flag(isGlue, "编号 編號 番号 番號 "+ // against alone, but the number of what is named right before
		"is are was no nr num number numbers the a an of my his her their our your to value code as equals at on for new old")
	flag(isAgainst, "pedido pedidos factura facturas bestellung bestellnummer bestellnr rechnung rechnungsnummer auftrag auftragsnummer artikel artikelnummer artikelnr commande facture ordine fattura encomenda fatura "+
		"注文 伝票 주문 송장 请求号")
	flag(isAgainst, "section sections chapter clause paragraph release firmware placeholder score scores")
	flag(isUnit, "b kb mb gb tb kib mib gib bytes byte bits bit ms ns us sec secs seconds rows records tokens usd eur euro euros gbp pounds chf pln cny rmb yuan dollars items lines times requests metres meters kilometres kilometers km miles years shares units pieces people views hits votes copies followers downloads mod modulo hz khz mhz ghz px "+
		"元 美元 万 亿 字节 毫秒 微秒 纳秒 块钱 人民币 条记录 行数据 行代码 次请求 次访问 个字 能被 整除 除以 乘以 取模 取余 是质数 是素数 是合数")
}

func (c *contexts) add(o *contexts) {
	for i := range c {
		c[i] |= o[i]
	}
}

// latinTerm is the term of the word b[lo:hi], or 0.
func latinTerm(b []byte, lo, hi int) uint16 {
	h := wordHash(b, lo, hi)
	if latinFirst[h>>6]>>(h&63)&1 == 0 {
		return 0
	}
	// A map of the language takes several times as long in a sandbox.
	for i := int(h) & (latinSlots - 1); ; i = (i + 1) & (latinSlots - 1) {
		k := latinTable[i]
		if k == 0 {
			return 0
		}
		if w := &latinWords[k]; w.word == string(b[lo:hi]) {
			return w.term
		}
	}
}

const latinSlots = 8192

// latinTable has the places of words in latinWords by their hash, or the next free slot behind it.
var (
	latinTable [latinSlots]uint16
	latinWords = make([]wideTerm, 1)
)

func addLatin(w string, term uint16) {
	h := hashOf(w)
	latinFirst[h>>6] |= 1 << (h & 63)
	i := int(h) & (latinSlots - 1)
	for latinTable[i] != 0 {
		i = (i + 1) & (latinSlots - 1)
	}
	if len(latinWords) == latinSlots/2 {
		panic("detect: too many words")
	}
	latinTable[i] = uint16(len(latinWords))
	latinWords = append(latinWords, wideTerm{w, term})
}
