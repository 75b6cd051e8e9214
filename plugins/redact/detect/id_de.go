package detect

// Numbers of Germany.
var (
	DETaxID  = define(Kind{Name: "de_tax_id", Family: Identity})  // Steuerliche Identifikationsnummer
	DESVNR   = define(Kind{Name: "de_svnr", Family: Identity})    // Rentenversicherungsnummer, of social insurance
	DEKVNR   = define(Kind{Name: "de_kvnr", Family: Health})      // Krankenversichertennummer, of health insurance
	DEIDCard = define(Kind{Name: "de_id_card", Family: Identity}) // Personalausweis and Reisepass
)

func init() {
	const tax = "identifikationsnr steuerid steueridnr steueridentifikation steueridentifikationsnummer identifikationsnummer idnr steuernr steuernummer steuerliche stid taxid tin taxnumber taxidentification taxpayer tax 税号 税务识别 税务标识 纳税识别 税务编号"
	const card = "personalausweis personalausweisnummer ausweis ausweisnummer ausweisnr perso reisepass reisepassnummer passnummer german germany deutscher 德国身份证 德国护照 德国"
	add(
		Detector{Type: DETaxID, Source: "§ 139b AO; python-stdnum de.idnr", Class: ClassB, Grouped: Likely, Shapes: []string{"99999999999", "99~999~999~999"}, Valid: validDETax, Words: tax},
		Detector{Type: DESVNR, Source: "§ 147 SGB VI, VKVV", Class: Likely, Shapes: []string{"99~999999~A~999", "99~999999~A999", "99 999999 A 99 9"}, Valid: validSVNR,
			Words: "svnr svnummer rvnr sozialversicherungsnr rentenversicherungsnr rentenversicherungsnummer sozialversicherungsnummer sozialversicherung rentenversicherung versicherungsnummer socialsecurity socialinsurance pensioninsurance insurancenumber 社会保险 养老保险 社保"},
		Detector{Type: DEKVNR, Source: "§ 290 SGB V; GKV-Spitzenverband", Class: ClassB, Shapes: []string{"A999999999", "A999~999~999"}, Valid: validKVNR,
			Words: "kvnr kvnummer krankenversicherungsnr krankenversichertennr krankenversichertennummer krankenversicherung krankenversicherungsnummer krankenkasse aok barmer dak bkk ikk versichertennummer versichertennr versicherten egk healthinsurance healthinsurancenumber insurancenumber 医疗保险 健康保险 医保"},
		Detector{Type: DEIDCard, Source: "Personalausweisverordnung; ICAO 9303", Class: ClassB, Shapes: []string{"AXXXXXXXX9"}, Valid: func(v []byte) bool { return deSerial(v) && v[9] == icao(v[:9]) }, Words: card},
		Detector{Type: DEIDCard, Source: "the same without its check digit", Class: ClassC, Shapes: []string{"AXXXXXXXX"}, Valid: deSerial, Words: "personalausweis personalausweisnummer ausweisnummer ausweisnr reisepassnummer germanidcard 德国身份证 德国护照"},
	)
}

// validDETax: among the first ten digits exactly one comes twice or thrice, and never thrice in a row.
func validDETax(v []byte) bool {
	var count [10]uint8
	for i, c := range v[:10] {
		count[c-'0']++
		if i >= 2 && v[i-1] == c && v[i-2] == c {
			return false
		}
	}
	doubles := 0
	for _, n := range count {
		if n > 3 {
			return false
		}
		if n > 1 {
			doubles++
		}
	}
	return doubles == 1 && v[0] != '0' && iso11of10(v)
}

// validSVNR: area, date of birth, initial of the birth name as two digits, serial number, check digit.
func validSVNR(v []byte) bool {
	if area := number2(v, 0); area < 2 || area > 89 || !anyDate(number2(v, 6), number2(v, 4), number2(v, 2)) {
		return false
	}
	k := value36(v[8]) - 9
	d := [12]byte{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], '0' + byte(k/10), '0' + byte(k%10), v[9], v[10]}
	return byte(digitSum(d[:], "212571212121")%10)+'0' == v[11]
}

func validKVNR(v []byte) bool {
	k := value36(v[0]) - 9
	d := [10]byte{'0' + byte(k/10), '0' + byte(k%10)}
	copy(d[2:], v[1:9])
	return byte(digitSum(d[:], "1212121212")%10)+'0' == v[9] && !alike(v[1:])
}

// deSerial: no vowels and no letters that look like digits; the first is that of an authority, or of a passport.
func deSerial(v []byte) bool {
	if !oneOf(v[0], "CFGHJKLMNPRTVWXYZ") {
		return false
	}
	digits := 0
	for _, c := range v[:9] {
		if class[c]&isDigit != 0 {
			digits++
		} else if !oneOf(c, "CFGHJKLMNPRTVWXYZ") {
			return false
		}
	}
	return digits >= 2
}
