package detect

// CNUSCC is the unified social credit code of an organisation in the PRC, GB 32100-2015.
var CNUSCC = define(Kind{Name: "cn_uscc", Family: Identity})

func init() {
	add(Detector{
		Type: CNUSCC, Source: "GB 32100-2015; python-stdnum cn.uscc", Class: ClassA,
		Shapes: []string{"XX999999XXXXXXXXXX"}, Valid: func(v []byte) bool {
			return validUSCC(v) && validOrganisation(v[8:17]) && (registered(v) || digitsIn(v) < len(v))
		},
		Words: wordsUSCC,
	}, Detector{
		// Many of those in use have an organisation code whose own check character is wrong.
		Type: CNUSCC, Source: "the same, without the check of the organisation code", Class: ClassB,
		Shapes: []string{"XX999999XXXXXXXXXX", "9999~9999~XXXX~XXXX~XX"}, Valid: validUSCC,
		Words: wordsUSCC,
	}, Detector{
		Type: CNUSCC, Source: "the same, with letters, which random numbers have not", Class: Likely,
		Shapes: []string{"99999999AXXXXXXXXX", "99999999XXXXXXXXAX", "AX999999XXXXXXXXXX"}, Valid: validUSCC,
		Words: wordsUSCC,
	})
}

const wordsUSCC = "uscc creditcode socialcreditcode unifiedsocialcreditcode taxno taxid taxnumber 信用代码 信用代碼 税号 稅號 纳税人识别 营业执照 执照号 机构代码"

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func validUSCC(v []byte) bool {
	switch v[0] {
	case 'A', 'N', 'Y':
	default:
		if v[0] < '1' || v[0] > '9' {
			return false
		}
	}
	if p := uint(v[2]-'0')*10 + uint(v[3]-'0'); provinces[p>>6]>>(p&63)&1 == 0 && string(v[2:4]) != "10" {
		return false
	}
	sum, weight := 0, 1
	for _, c := range v[:17] {
		k := value31(c)
		if k < 0 {
			return false
		}
		sum += k * weight
		weight = weight * 3 % 31
	}
	return value31(v[17]) == (31-sum%31)%31
}

// validOrganisation tells whether the organisation code inside has its check character (GB 11714-1997).
func validOrganisation(v []byte) bool {
	sum := 0
	for i, c := range v[:8] {
		x := int(c - '0')
		if c >= 'A' {
			x = int(c-'A') + 10
		}
		sum += x * [8]int{3, 7, 9, 10, 5, 8, 4, 2}[i]
	}
	check := byte('0' + (11-sum%11)%11)
	if sum%11 == 1 {
		check = 'X'
	}
	return v[8] == check
}

// value31 is the value of a character of the code, or -1.
func value31(c byte) int {
	for i := range len(usccAlphabet) {
		if usccAlphabet[i] == c {
			return i
		}
	}
	return -1
}

// registered tells whether the code begins like those of firms, institutions and associations, which nearly all are. Random
// numbers of 18 digits pass the checks too often without.
func registered(v []byte) bool {
	return (v[0] == '9' || v[0] == '1' || v[0] == '5') && (v[1] == '1' || v[1] == '2' || v[1] == '3' || v[1] == '9')
}
