package detect

// USSSN is the social security number of the United States.
var USSSN = define(Kind{Name: "us_ssn", Family: Identity})

func init() {
	add(Detector{
		Type: USSSN, Source: "SSA randomization rules; python-stdnum us.ssn; Presidio UsSsnRecognizer", Class: ClassB, Grouped: Likely,
		Shapes: []string{"999-99-9999"}, Valid: validSSN, Words: wordsSSN,
	}, Detector{
		Type: USSSN, Source: "the same, bare or with other separators", Class: ClassB,
		Shapes: []string{"999~99~9999"}, Valid: validSSN, Words: wordsSSN,
	})
}

const wordsSSN = "ssn ssns ss socialsecurity socialsecuritynumber social socsec socsecno socialsecno taxpayerid taxid tin 社会安全号 社安号 社会保障号"

func validSSN(v []byte) bool {
	s := string(v)
	return s[:3] != "000" && s[:3] != "666" && s[0] != '9' && s[3:5] != "00" && s[5:] != "0000" &&
		s != "078051120" && s != "219099999" && s != "123456789"
}
