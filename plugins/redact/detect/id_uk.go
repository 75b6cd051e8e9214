package detect

// Numbers of the United Kingdom.
var (
	UKNINO = define(Kind{Name: "uk_nino", Family: Identity}) // national insurance number
	UKNHS  = define(Kind{Name: "uk_nhs", Family: Health})    // number of a patient of the National Health Service
	UKUTR  = define(Kind{Name: "uk_utr", Family: Identity})  // unique taxpayer reference
)

func init() {
	const nino = "nino ninumber nationalinsurance nationalinsurancenumber nin ni insurance 国民保险 国家保险 社会保险"
	add(
		Detector{Type: UKNINO, Source: "HMRC NIM39110; python-stdnum gb.nino (validator.js)", Class: Likely,
			Shapes: []string{"AA~99~99~99~A", "AA~999999~A", "AA999999 A"}, Valid: validNINO, Words: nino},
		Detector{Type: UKNINO, Source: "the same without its suffix", Class: ClassC, Shapes: []string{"AA~99~99~99"}, Valid: validNINO, Words: nino},
		Detector{Type: UKNHS, Source: "NHS Data Model and Dictionary; python-stdnum gb.nhs", Class: ClassB, Shapes: []string{"999~999~9999"}, Valid: validNHS,
			Words: "nhs nhsnumber nhsno patient patientnumber 国民医疗 国民保健 国家医疗 病人号 患者号 英国医疗"},
		Detector{Type: UKUTR, Source: "HMRC; python-stdnum gb.utr", Class: ClassB, Shapes: []string{"9999999999", "99999~99999", "999~999~9999"},
			Valid: func(v []byte) bool { return v[0] == "21987654321"[weigh(v[1:], "6789:5432")%11] },
			Words: "utr utrnumber uniquetaxpayer uniquetaxpayerreference selfassessment selfassessmentreference taxpayerreference 纳税人参考 纳税人识别 税务参考 纳税参考"},
	)
}

func validNINO(v []byte) bool {
	a, b := v[0], v[1]
	return !oneOf(a, "DFIQUV") && !oneOf(b, "DFIQUVO") && !pairIn(a, b, "BGGBKNNKNTTNZZ") && (len(v) == 8 || v[8] <= 'D')
}

func validNHS(v []byte) bool {
	k := 11 - weigh(v, ":98765432")%11
	return k != 10 && byte(k%11)+'0' == v[9] && !alike(v)
}
