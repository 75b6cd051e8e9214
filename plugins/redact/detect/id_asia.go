package detect

// Numbers of Singapore, Korea, Japan, Thailand, Israel and Turkey.
var (
	SGNRIC     = define(Kind{Name: "sg_nric", Family: Identity})      // identity card, and FIN of foreigners
	KRRRN      = define(Kind{Name: "kr_rrn", Family: Identity})       // 주민등록번호, of residents
	KRBRN      = define(Kind{Name: "kr_brn", Family: Identity})       // 사업자등록번호, of businesses
	JPMyNumber = define(Kind{Name: "jp_my_number", Family: Identity}) // 個人番号
	THID       = define(Kind{Name: "th_id", Family: Identity})        // เลขประจำตัวประชาชน
	ILID       = define(Kind{Name: "il_id", Family: Identity})        // teudat zehut
	TRTCKN     = define(Kind{Name: "tr_tckn", Family: Identity})      // T.C. kimlik numarası
)

func init() {
	const rrn = "주민등록번호 주민번호 주민등록 외국인등록번호 등록번호 rrn residentregistration residentregistrationnumber residentnumber alienregistration foreignregistration korean 居民登记 住民登录 居民登录 韩国身份 韩国"
	add(
		Detector{Type: SGNRIC, Source: "ICA; python-stdnum sg (validator); Presidio SgFinRecognizer", Class: ClassA, Shapes: []string{"A9999999A"}, Valid: validNRIC},
		Detector{Type: KRRRN, Source: "주민등록법; python-stdnum kr.rrn", Class: ClassB, Grouped: Likely, Shapes: []string{"999999-9999999", "9999999999999"}, Valid: func(v []byte) bool { return rrnDate(v) && rrnCheck(v) }, Words: rrn},
		Detector{Type: KRRRN, Source: "the same, issued since October 2020 without a check", Class: ClassC, Shapes: []string{"999999-9999999", "999999 9999999", "9999999999999"}, Valid: rrnDate, Words: rrn},
		Detector{Type: KRBRN, Source: "국세청; python-stdnum kr.brn", Class: ClassB, Grouped: Likely, Shapes: []string{"999-99-99999"}, Valid: validBRN, Words: wordsBRN},
		Detector{Type: KRBRN, Source: "the same, bare", Class: ClassB, Shapes: []string{"9999999999"}, Valid: validBRN, Words: wordsBRN},
		Detector{Type: JPMyNumber, Source: "総務省令第八十五号", Class: ClassB, Shapes: []string{"9999~9999~9999"}, Valid: func(v []byte) bool { return elevens(weigh(v, "65432765432")) == v[11] && !alike(v) },
			Words: "マイナンバー 個人番号 マイナンバーカード mynumber individualnumber mynumbercard 个人番号 日本个人 日本个人编号"},
		Detector{Type: THID, Source: "กรมการปกครอง; python-stdnum th.pin", Class: ClassB, Grouped: Likely, Shapes: []string{"9~9999~99999~99~9"}, Valid: validTHID,
			Words: "เลขประจำตัวประชาชน บัตรประชาชน ประชาชน เลขบัตร thaiid thainationalid nationalid idcard idcardnumber citizenid identitycard identificationnumber thai 泰国身份 泰国 身份证"},
		Detector{Type: ILID, Source: "Israeli Population Authority; python-stdnum il.idnr", Class: ClassB, Shapes: []string{"999999999", "99999999-9"}, Valid: func(v []byte) bool { return luhnText(v, 0) },
			Words: "teudatzehut zehut israeliid israelid israeli israel tz mispar זהות תז 以色列"},
		Detector{Type: TRTCKN, Source: "Nüfus ve Vatandaşlık İşleri; python-stdnum tr.tckimlik", Class: ClassB, Shapes: []string{"99999999999"}, Valid: validTCKN,
			Words: "tckn tckimlik kimlik kimlikno kimliknumarası tcno tc tr turkish turkishid nationalid identitynumber 土耳其"},
	)
}

const wordsBRN = "사업자등록번호 사업자번호 사업자 brn businessregistration businessregistrationnumber businessnumber 营业登记 事业者登录 韩国公司 商业登记 韩国企业"

func validNRIC(v []byte) bool {
	sum := weigh(v[1:], "2765432")
	if string(v[1:8]) == "0000000" {
		return false
	}
	switch v[0] {
	case 'S':
		return v[8] == "JZIHGFEDCBA"[sum%11]
	case 'T':
		return v[8] == "JZIHGFEDCBA"[(sum+4)%11]
	case 'F':
		return v[8] == "XWUTRQPNMLK"[sum%11]
	case 'G':
		return v[8] == "XWUTRQPNMLK"[(sum+4)%11]
	case 'M':
		return v[8] == "KLJNPQRTUWX"[(sum+3)%11]
	}
	return false
}

// rrnDate: the seventh digit says sex, century and whether a foreigner.
func rrnDate(v []byte) bool {
	century := 1900
	switch v[6] {
	case '3', '4', '7', '8':
		century = 2000
	case '1', '2', '5', '6':
	default:
		return false
	}
	return calendarDate(century+number2(v, 0), number2(v, 2), number2(v, 4))
}

func rrnCheck(v []byte) bool {
	k := weigh(v, "234567892345") % 11
	return (11-k)%10 == int(v[12]-'0') || v[6] >= '5' && (13-k)%10 == int(v[12]-'0')
}

func validBRN(v []byte) bool {
	return (weigh(v, "137137135")+int(v[8]-'0')*5/10+int(v[9]-'0'))%10 == 0 && number2(v, 3) > 0 && v[0] != '0'
}

func validTHID(v []byte) bool {
	return v[0] != '0' && v[0] != '9' && byte((11-weigh(v, "=<;:98765432")%11)%10)+'0' == v[12] && !alike(v)
}

func validTCKN(v []byte) bool {
	return v[0] != '0' && (weigh(v, "707070707")+9*weigh(v, "010101010"))%10 == int(v[9]-'0') && weigh(v, "1111111111")%10 == int(v[10]-'0')
}
