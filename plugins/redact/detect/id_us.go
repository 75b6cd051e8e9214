package detect

// Numbers of the United States beside the social security number (us_ssn.go).
var (
	USITIN = define(Kind{Name: "us_itin", Family: Identity}) // individual taxpayer identification number
	USEIN  = define(Kind{Name: "us_ein", Family: Identity})  // employer identification number
	USABA  = define(Kind{Name: "us_aba", Family: Finance})   // routing number of a bank
	USNPI  = define(Kind{Name: "us_npi", Family: Health})    // national provider identifier
	USMBI  = define(Kind{Name: "us_mbi", Family: Health})    // Medicare beneficiary identifier
	USDEA  = define(Kind{Name: "us_dea", Family: Health})    // registration of a prescriber of controlled substances
)

func init() {
	const itin = "itin itins individualtaxpayer individualtaxpayeridentification taxpayerid taxpayeridentification tin taxid 纳税人识别 纳税识别 税号"
	const ein = "ein fein employeridentification employerid federaltaxid federalein fedtaxid 雇主识别 雇主税号 联邦税号"
	add(
		Detector{Type: USITIN, Source: "IRS Publication 1915; python-stdnum us.itin", Class: ClassB, Grouped: Likely,
			Shapes: []string{"999-99-9999"}, Valid: validITIN, Words: itin},
		Detector{Type: USITIN, Source: "the same, bare or with other separators", Class: ClassB,
			Shapes: []string{"999~99~9999"}, Valid: validITIN, Words: itin},
		Detector{Type: USEIN, Source: "IRS, valid EIN prefixes; python-stdnum us.ein", Class: ClassC,
			Shapes: []string{"99-9999999"}, Valid: validEIN, Words: ein + " tin taxid taxnumber taxidentification irs 税号 税务"},
		Detector{Type: USEIN, Source: "the same, bare", Class: ClassC, Shapes: []string{"999999999"}, Valid: validEIN, Words: ein},
		Detector{Type: USABA, Source: "ABA routing number policy; python-stdnum us.rtn", Class: ClassB, Shapes: []string{"999999999", "9999-9999-9"}, Valid: validABA,
			Words: "aba routing routingnumber routingno rtn transit abanumber abarouting ach wire 路由号 路由码 银行代码 汇款路线 路线号"},
		Detector{Type: USNPI, Source: "45 CFR 162.406; Presidio MedicalLicense", Class: ClassB, Shapes: []string{"9999999999"},
			Valid: func(v []byte) bool { return (v[0] == '1' || v[0] == '2') && luhnText(v, 24) }, // 80840 before it adds 24
			Words: "npi npinumber nationalprovider provideridentifier providerid prescriber physician 医师标识 医疗服务提供者 提供者标识"},
		Detector{Type: USMBI, Source: "CMS, Understanding the MBI format", Class: Likely, Shapes: []string{"9AX9AX9AA99", "9AX9-AX9-AA99"}, Raw: true, Valid: validMBI,
			Words: "mbi medicare beneficiary medicareid medicarenumber 医保号 医疗保险 联邦医保"},
		Detector{Type: USDEA, Source: "21 CFR 1301; DEA number check digit", Class: ClassB, Shapes: []string{"AA9999999"}, Valid: validDEA,
			Words: "dea deanumber deano prescriber prescribing registrant 缉毒局 缉毒署 处方医"},
	)
}

func validITIN(v []byte) bool {
	g := number2(v, 3)
	return v[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 99 && g != 89 && g != 93)
}

func validEIN(v []byte) bool {
	p := number2(v, 0)
	return p >= 1 && p <= 6 || p >= 10 && p <= 16 || p >= 20 && p <= 27 || p >= 30 && p <= 48 || p >= 50 && p <= 68 || p >= 71 && p <= 77 || p >= 80 && p <= 88 ||
		p >= 90 && p <= 95 || p >= 98
}

func validABA(v []byte) bool {
	p := number2(v, 0)
	return (p <= 12 || p >= 21 && p <= 32 || p >= 61 && p <= 72 || p == 80) && weigh(v, "371371371")%10 == 0 && !alike(v)
}

// validMBI: a position that may be a letter has none that looks like a digit.
func validMBI(v []byte) bool {
	if v[0] == '0' || !capitals(v) {
		return false
	}
	for _, c := range v {
		if oneOf(c, "SLOIBZ") {
			return false
		}
	}
	return true
}

func validDEA(v []byte) bool {
	return oneOf(v[0], "ABCDEFGHJKLMPRSTUX") && (weigh(v[2:], "101010")+2*weigh(v[2:], "010101"))%10 == int(v[8]-'0') && !alike(v[2:])
}
