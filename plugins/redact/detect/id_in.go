package detect

// Numbers of India.
var (
	INAadhaar = define(Kind{Name: "in_aadhaar", Family: Identity}) // of residents
	INPAN     = define(Kind{Name: "in_pan", Family: Identity})     // permanent account number, of taxpayers
	INGSTIN   = define(Kind{Name: "in_gstin", Family: Identity})   // of businesses, contains a PAN
)

const wordsAadhaar = "aadhaar aadhar adhaar uidai aadhaarnumber आधार 印度身份 阿达哈尔 生物身份"

func init() {
	add(
		Detector{Type: INAadhaar, Source: "UIDAI; python-stdnum in_.aadhaar; Presidio InAadhaarRecognizer", Class: ClassB, Grouped: Likely, Shapes: []string{"9999 9999 9999", "9999-9999-9999"}, Valid: validAadhaar, Words: wordsAadhaar},
		Detector{Type: INAadhaar, Source: "the same, bare or with other separators", Class: ClassB, Shapes: []string{"9999~9999~9999"}, Valid: validAadhaar,
			Words: wordsAadhaar},
		Detector{Type: INPAN, Source: "Income Tax Department; python-stdnum in_.pan", Class: Likely, Shapes: []string{"AAAAA9999A"}, Raw: true, Valid: validPAN,
			Words: "pan pancard pannumber permanentaccount permanentaccountnumber incometax पैन 永久账户 永久账户号 永久账号 印度税号 税号"},
		Detector{Type: INPAN, Source: "the same in small letters", Class: ClassC, Shapes: []string{"AAAAA9999A"}, Valid: validPAN, Words: "pan pancard pannumber permanentaccountnumber"},
		Detector{Type: INGSTIN, Source: "CGST Rules 2017; python-stdnum in_.gstin", Class: ClassA, Shapes: []string{"99AAAAA9999AXzX"}, Valid: validGSTIN},
	)
}

// validAadhaar: palindromes are not issued, and three years in a row are no number.
func validAadhaar(v []byte) bool {
	if v[0] < '2' || !verhoeff(v) {
		return false
	}
	same := true
	for i := range 6 {
		same = same && v[i] == v[11-i]
	}
	return !same && !(years(v[:4]) && years(v[4:8]) && years(v[8:]))
}

func years(v []byte) bool { return string(v[:2]) == "19" || string(v[:2]) == "20" }

func validPAN(v []byte) bool {
	return oneOf(v[3], "ABCFGHJLPT") && capitals(v) && string(v[5:9]) != "0000"
}

// validGSTIN: state, PAN, number of the registration, Z and a check like Luhn's over 36 characters.
func validGSTIN(v []byte) bool {
	if s := number2(v, 0); s < 1 || s > 38 && s != 97 && s != 99 || !validPAN(v[2:12]) {
		return false
	}
	sum := 0
	for i, c := range v[:14] {
		x := value36(c) * (1 + i%2)
		sum += x/36 + x%36
	}
	return value36(v[14]) == (36-sum%36)%36
}
