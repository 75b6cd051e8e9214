package detect

// TWID is the identity card number of Taiwan (國民身分證統一編號), and the number of residents from elsewhere.
var TWID = define(Kind{Name: "tw_id", Family: Identity})

func init() {
	add(Detector{
		Type: TWID, Source: "validator.js zh-TW; Ministry of the Interior on numbers of 2021", Class: Native,
		Shapes: []string{"A199999999", "A299999999", "A899999999", "A999999999"}, Words: wordsTWID, Raw: true,
		Valid: func(v []byte) bool { return class[v[0]]&isUpper != 0 && validTWID(v) }, // in lower case it is hexadecimal
	}, Detector{
		Type: TWID, Source: "the same, in lower case", Class: ClassB,
		Shapes: []string{"A199999999", "A299999999", "A899999999", "A999999999"}, Valid: validTWID, Words: wordsTWID,
	}, Detector{
		Type: TWID, Source: "resident certificates until 2020", Class: ClassB,
		Shapes: []string{"Aa99999999", "Ab99999999", "Ac99999999", "Ad99999999"}, Valid: validTWID, Words: wordsTWID,
	})
}

const wordsTWID = "twid taiwanid taiwannationalid nationalid nationalidno idcard idcardno idno idnumber identity identitycard nationalidentity arc arcno residentcertificate " +
	"身份证 身份證 身分證 身分证 統一編號 统一编号 身分證字號 居留證 居留证 身份號 身份号 身證 證號 证号"

// twLetters are the letters in the order of their values, from 10 on.
const twLetters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"

func validTWID(v []byte) bool {
	sum := 0
	for i, c := range v[:2] {
		if c < 'A' {
			sum += int(c-'0') * 8
			break
		}
		k := 10
		for twLetters[k-10] != c {
			k++
		}
		if i == 0 {
			sum += k/10 + k%10*9
		} else {
			sum += k % 10 * 8
		}
	}
	for i, c := range v[2:9] {
		sum += int(c-'0') * (7 - i)
	}
	return (sum+int(v[9]-'0'))%10 == 0
}
