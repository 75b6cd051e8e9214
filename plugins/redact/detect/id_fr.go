package detect

// Numbers of France.
var (
	FRNIR   = define(Kind{Name: "fr_nir", Family: Identity})   // numéro de sécurité sociale
	FRSIREN = define(Kind{Name: "fr_siren", Family: Identity}) // of an enterprise
	FRSIRET = define(Kind{Name: "fr_siret", Family: Identity}) // of an establishment
)

func init() {
	const nir = "nir insee sécuritésociale sécu sécurité securite securitesociale sociale numérosécu vitale assurancemaladie socialsecurity socialsecuritynumber ssn 社会保障 社会安全 社保 社会保险 法国社保"
	add(
		Detector{Type: FRNIR, Source: "INSEE; python-stdnum fr.nir", Class: ClassB, Grouped: Likely, Shapes: []string{"9~99~99~9X~999~999~99", "999999X999999 99"}, Valid: validNIR, Words: nir},
		Detector{Type: FRNIR, Source: "the same, bare, of those born in France whose month is known: few numbers of fifteen digits look like them", Class: Likely,
			Shapes: []string{"999999X99999999"}, Valid: func(v []byte) bool { return v[0] <= '2' && number2(v, 3) <= 12 && validNIR(v) }, Words: nir},
		Detector{Type: FRNIR, Source: "the same without its key", Class: ClassC, Shapes: []string{"9~99~99~9X~999~999"}, Valid: validNIR, Words: nir},
		Detector{Type: FRSIREN, Source: "INSEE; python-stdnum fr.siren", Class: ClassB, Shapes: []string{"999~999~999"}, Valid: func(v []byte) bool { return luhnText(v, 0) },
			Words: "siren rcs sirene greffe entreprise 法国企业 企业注册 工商注册 公司注册"},
		Detector{Type: FRSIRET, Source: "INSEE; python-stdnum fr.siret", Class: ClassB, Grouped: Likely, Shapes: []string{"999~999~999~99999"}, Valid: validSIRET,
			Words: "siret siren établissement etablissement entreprise 法国企业 机构编号 企业机构 企业注册 公司注册"},
	)
}

// validNIR: sex, year and month of birth, department (2A and 2B count as 19 and 18), commune, order and key.
func validNIR(v []byte) bool {
	if !oneOf(v[0], "123478") {
		return false
	}
	if m := number2(v, 3); !(m >= 1 && m <= 12 || m >= 20 && m <= 42 || m >= 50) {
		return false
	}
	var d [13]byte
	copy(d[:], v[:13])
	switch {
	case class[d[6]]&isDigit != 0:
		if d[5] == '0' && d[6] == '0' {
			return false
		}
	case d[5] == '2' && d[6] == 'A':
		d[5], d[6] = '1', '9'
	case d[5] == '2' && d[6] == 'B':
		d[5], d[6] = '1', '8'
	default:
		return false
	}
	return len(v) == 13 || 97-remainder(d[:], 97) == number2(v, 13)
}

// validSIRET: Luhn, but for the post office's establishments.
func validSIRET(v []byte) bool {
	if string(v[:9]) == "356000000" {
		return weigh(v, "11111111111111")%5 == 0
	}
	return luhnText(v, 0) && luhnText(v[:9], 0)
}
