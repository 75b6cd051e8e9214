package detect

// Numbers of Spain.
var (
	ESNIF = define(Kind{Name: "es_nif", Family: Identity}) // of citizens, also DNI
	ESNIE = define(Kind{Name: "es_nie", Family: Identity}) // of foreigners
	ESCIF = define(Kind{Name: "es_cif", Family: Identity}) // of legal entities
)

func init() {
	add(
		Detector{Type: ESNIF, Source: "Real Decreto 1065/2007; python-stdnum es.dni", Class: Likely, Shapes: []string{"99999999A"}, Raw: true, Valid: validDNI, Words: wordsNIF},
		Detector{Type: ESNIF, Source: "the same in small letters, which hashes have, too", Class: ClassB, Shapes: []string{"99999999A"}, Valid: validDNI, Words: wordsNIF},
		Detector{Type: ESNIF, Source: "the same with separators", Class: Likely, Shapes: []string{"99999999-A", "99999999 A", "99.999.999-A", "99.999.999 A", "99.999.999A"}, Valid: validDNI,
			Words: wordsNIF},
		Detector{Type: ESNIE, Source: "the same; python-stdnum es.nie", Class: Likely, Shapes: []string{"A9999999A", "A9999999-A", "A~9999999~A"}, Valid: validNIE,
			Words: "nie extranjero extranjeros extranjería residencia foreigner 外国人身份 外国人识别 居留"},
		Detector{Type: ESCIF, Source: "Orden EHA/451/2008; python-stdnum es.cif", Class: ClassB, Grouped: Likely, Shapes: []string{"A9999999X", "A-9999999X", "A-9999999-X", "A~99999999"}, Valid: validCIF,
			Words: "cif nif empresa sociedad vat vatnumber company taxid 西班牙公司 企业税号 公司税号 税号"},
	)
}

const wordsNIF = "nif dni documento identidad vat 西班牙身份证 身份证 税号 西班牙税号"

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

func validDNI(v []byte) bool {
	return v[8] == dniLetters[remainder(v, 23)] && string(v) != "12345678Z" && string(v) != "00000000T"
}

func validNIE(v []byte) bool {
	k := int(v[0]) - 'X'
	return k >= 0 && k <= 2 && v[8] == dniLetters[(k*10000000+remainder(v, 10000000))%23]
}

// validCIF: the check is a digit or, for some kinds of entities, a letter.
func validCIF(v []byte) bool {
	if !oneOf(v[0], "ABCDEFGHJNPQRSUVW") {
		return false
	}
	k := (10 - (digitSum(v[1:], "2020202")+weigh(v[1:], "0101010"))%10) % 10
	digit, letter := v[8] == '0'+byte(k), v[8] == "JABCDEFGHI"[k]
	switch {
	case oneOf(v[0], "PQRSNW"):
		return letter
	case oneOf(v[0], "ABEH"):
		return digit
	}
	return digit || letter
}
