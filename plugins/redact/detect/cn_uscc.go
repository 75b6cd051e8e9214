package detect

// CNUSCC is the unified social credit code of an organisation in the PRC, GB 32100-2015.
var CNUSCC = define(Kind{Name: "cn_uscc", Family: Identity})

func init() {
	add(Detector{
		Type: CNUSCC, Source: "GB 32100-2015; python-stdnum cn.uscc", Class: ClassA,
		Shapes: []string{"XX999999XXXXXXXXXX"}, Valid: validUSCC,
		Words: "uscc creditcode 信用代码 税号 营业执照",
	})
}

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
	org := 0
	for i, c := range v[:17] {
		k := value31(c)
		if k < 0 {
			return false
		}
		sum += k * weight
		weight = weight * 3 % 31
		if i >= 8 && i < 16 {
			x := int(c - '0')
			if c >= 'A' {
				x = int(c-'A') + 10
			}
			org += x * [8]int{3, 7, 9, 10, 5, 8, 4, 2}[i-8]
		}
	}
	if value31(v[17]) != (31-sum%31)%31 {
		return false
	}
	// The organisation code inside has a check character of its own (GB 11714-1997).
	check := byte('0' + (11-org%11)%11)
	if org%11 == 1 {
		check = 'X'
	}
	return v[16] == check
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
