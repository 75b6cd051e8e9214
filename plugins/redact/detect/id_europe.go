package detect

// Personal numbers of smaller European countries.
var (
	NLBSN   = define(Kind{Name: "nl_bsn", Family: Identity})   // burgerservicenummer
	BENRN   = define(Kind{Name: "be_nrn", Family: Identity})   // rijksregisternummer
	PTNIF   = define(Kind{Name: "pt_nif", Family: Identity})   // número de identificação fiscal
	PLPESEL = define(Kind{Name: "pl_pesel", Family: Identity}) // PESEL
	CHAHV   = define(Kind{Name: "ch_ahv", Family: Identity})   // AHV-Nummer
	ATSVNR  = define(Kind{Name: "at_svnr", Family: Identity})  // Sozialversicherungsnummer
	IEPPS   = define(Kind{Name: "ie_pps", Family: Identity})   // personal public service number
)

func init() {
	const nrn = "rijksregisternummer rrn rijksregister registrenational numéronational niss insz nrn nationalnumber nationalregister nationalregisternumber nationalregistrynumber 国民登记 国家登记 国家注册 国民号 比利时"
	const ahv = "ahv ahvnummer avs ahvn13 sozialversicherungsnummer versichertennummer socialsecurity 社会保险 社保 养老保险"
	const pps = "pps ppsn ppsnumber personalpublicservice 个人公共服务 公共服务号 爱尔兰"
	add(
		Detector{Type: NLBSN, Source: "RvIG; python-stdnum nl.bsn", Class: ClassB, Shapes: []string{"999999999", "9999.99.999", "9999 99 999", "999~999~999"},
			Valid: func(v []byte) bool {
				return weigh(v, "987654320")%11 == int(v[8]-'0') && !alike(v)
			}, Words: "bsn burgerservicenummer burgerservice bsnnummer sofinummer sofi citizenservice citizenservicenumber 公民服务 荷兰"},
		Detector{Type: BENRN, Source: "IBZ; python-stdnum be.nn", Class: ClassB, Grouped: ClassA, Shapes: []string{"99.99.99-999.99"}, Valid: validNRN, Words: nrn},
		Detector{Type: BENRN, Source: "the same, bare or with other separators", Class: ClassB, Shapes: []string{"99~99~99~999~99", "999999-999-99", "999999-99999", "999999 999 99"}, Valid: validNRN, Words: nrn},
		Detector{Type: PTNIF, Source: "Autoridade Tributária; python-stdnum pt.nif", Class: ClassB, Shapes: []string{"999~999~999"},
			Valid: func(v []byte) bool {
				return oneOf(v[0], "1235689") && elevens(weigh(v, "98765432")) == v[8] && !alike(v)
			},
			Words: "nif contribuinte nipc númerocontribuinte fiscal identificaçãofiscal portuguese 葡萄牙税号 葡萄牙 葡萄牙纳税人"},
		Detector{Type: PLPESEL, Source: "Ustawa o ewidencji ludności; python-stdnum pl.pesel", Class: ClassB, Shapes: []string{"99999999999"}, Valid: validPESEL,
			Words: "pesel numerpesel nrpesel 波兰身份 波兰"},
		Detector{Type: CHAHV, Source: "ZAS; python-stdnum ch.ssn", Class: Likely, Grouped: ClassA, Shapes: []string{"756~9999~9999~99"}, Valid: func(v []byte) bool { return ean(v) }, Words: ahv},
		Detector{Type: ATSVNR, Source: "Dachverband der Sozialversicherungsträger; python-stdnum at.vnr", Class: ClassB, Shapes: []string{"9999999999", "9999~999999"}, Valid: validATSVNR,
			Words: "svnr svnummer sv sozialversicherungsnummer sozialversicherung versicherungsnummer ecard vsnr socialsecurity socialinsurance socialinsurancenumber 社会保险 社保 奥地利"},
		Detector{Type: IEPPS, Source: "Department of Social Protection; python-stdnum ie.pps", Class: ClassB, Shapes: []string{"9999999A", "9999999AA"}, Valid: validPPS, Words: pps},
	)
}

// ean is the check of article numbers, GS1.
func ean(v []byte) bool { return weigh(v, "1313131313131")%10 == 0 }

func validNRN(v []byte) bool {
	m := number2(v, 2)
	if m > 12 || number2(v, 4) > 31 || alike(v) || number2(v, 6) == 0 && v[8] == '0' {
		return false
	}
	if m > 0 && number2(v, 4) > 0 && !anyDate(number2(v, 0), m, number2(v, 4)) {
		return false
	}
	n := remainder(v[:9], 97)
	check := number2(v, 9)
	return check == 97-n || check == 97-(n+2*1000000000)%97 // the 2 stands for births from 2000 on
}

func validPESEL(v []byte) bool {
	m := number2(v, 2)
	century := 1900
	switch {
	case m > 80:
		return false // 1800 to 1899
	case m > 20:
		century = 1900 + (m/20)*100
		m %= 20
	}
	return calendarDate(century+number2(v, 0), m, number2(v, 4)) && weigh(v, "13791379131")%10 == 0
}

// validATSVNR: running number, check digit, date of birth; months 13 to 15 stand in for dates that ran out of numbers.
func validATSVNR(v []byte) bool {
	m := number2(v, 6)
	if m > 12 && m <= 15 {
		m = 1
	}
	return v[0] != '0' && anyDate(number2(v, 8), m, number2(v, 4)) && weigh(v, "3790584216")%11 == int(v[3]-'0')
}

func validPPS(v []byte) bool {
	sum := weigh(v, "8765432")
	if len(v) == 9 && !oneOf(v[8], "WTX") { // W, T and X mark relatives in older numbers
		sum += 9 * int(v[8]-'A'+1)
	}
	return v[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] && !alike(v[:7])
}
