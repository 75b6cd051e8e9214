package detect

// Personal numbers of the Nordic countries. All begin with the date of birth.
var (
	SEPNR  = define(Kind{Name: "se_pnr", Family: Identity})  // personnummer
	FIHetu = define(Kind{Name: "fi_hetu", Family: Identity}) // henkilötunnus
	NOFnr  = define(Kind{Name: "no_fnr", Family: Identity})  // fødselsnummer
	DKCPR  = define(Kind{Name: "dk_cpr", Family: Identity})  // CPR-nummer
)

func init() {
	const pnr = "personnummer personnr persnr pnr samordningsnummer svenskt personalidentity personalidentitynumber personalno personalnumber personalidnumber swedish 瑞典个人编号 瑞典"
	const hetu = "hetu henkilötunnus henkilotunnus sotu personalidentity personalidentitycode finnish 芬兰"
	const fnr = "fødselsnummer fødselsnr fodselsnummer fnr personnummer personalno personalnumber personalidnumber dnummer nationalidentity nationalid norwegian 挪威个人编号 挪威"
	const cpr = "cpr cprnr cprnummer personnummer personalno personalnumber personalidnumber danish 丹麦 个人登记"
	add(
		Detector{Type: SEPNR, Source: "Skatteverket SKV 704; python-stdnum se.personnummer", Class: ClassB, Grouped: Likely, Shapes: []string{"999999-9999", "99999999-9999"}, Valid: validPersonnummer, Words: pnr},
		Detector{Type: SEPNR, Source: "the same, bare", Class: ClassB, Shapes: []string{"9999999999", "999999999999", "999999 9999", "99999999 9999"}, Valid: validPersonnummer, Words: pnr},
		Detector{Type: FIHetu, Source: "Digi- ja väestötietovirasto; python-stdnum fi.hetu", Class: Likely, Shapes: []string{"999999-999X", "999999A999X"}, Valid: validHetu, Words: hetu},
		Detector{Type: NOFnr, Source: "Skatteetaten; python-stdnum no.fodselsnummer", Class: ClassB, Grouped: Likely, Shapes: []string{"99999999999", "999999 99999"}, Valid: validFnr, Words: fnr},
		Detector{Type: DKCPR, Source: "CPR-kontoret; python-stdnum dk.cpr", Class: ClassB, Grouped: Likely, Shapes: []string{"999999-9999"}, Valid: func(v []byte) bool { return dkDate(v) && weigh(v, "4327654321")%11 == 0 }, Words: cpr},
		Detector{Type: DKCPR, Source: "the same, without the check that ended in 2007", Class: ClassC, Shapes: []string{"999999-9999", "999999 9999", "9999999999"}, Valid: dkDate, Words: cpr},
	)
}

// validPersonnummer: coordination numbers have sixty added to the day.
func validPersonnummer(v []byte) bool {
	if len(v) == 12 {
		if c := number2(v, 0); c < 18 || c > 20 {
			return false
		}
		v = v[2:]
	}
	return anyDate(number2(v, 0), number2(v, 2), number2(v, 4)%60) && luhnText(v, 0)
}

// validHetu: the sign in the middle says the century; a hyphen is not in v.
func validHetu(v []byte) bool {
	n := len(v) - 4
	if len(v) == 11 && !oneOf(v[6], "ABCDEFYXWVU") {
		return false
	}
	rem := (remainder(v[:6], 31)*1000%31 + int(v[n]-'0')*100 + number2(v, n+1)) % 31
	return anyDate(number2(v, 4), number2(v, 2), number2(v, 0)) && v[n+3] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[rem]
}

// validFnr: forty is added to the day of D-numbers and to the month of numbers for tests and hospitals.
func validFnr(v []byte) bool {
	m := number2(v, 2) % 40
	return anyDate(number2(v, 4), m, number2(v, 0)%40) && weigh(v, "3761894521")%11 == 0 && weigh(v, "54327654321")%11 == 0
}

func dkDate(v []byte) bool { return anyDate(number2(v, 4), number2(v, 2), number2(v, 0)%60) }
