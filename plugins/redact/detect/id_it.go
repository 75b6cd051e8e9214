package detect

// Numbers of Italy.
var (
	ITCodiceFiscale = define(Kind{Name: "it_codice_fiscale", Family: Identity}) // of persons
	ITPIVA          = define(Kind{Name: "it_piva", Family: Identity})           // partita IVA, of businesses
)

func init() {
	const iva = "partitaiva piva iva pi partita vat vatnumber italian 增值税 意大利税号 税号"
	add(
		Detector{Type: ITCodiceFiscale, Source: "DM 23/12/1976; python-stdnum it.codicefiscale", Class: ClassA, Shapes: []string{"AAAAAAXXAXXAXXXA"}, Valid: validCodiceFiscale},
		Detector{Type: ITPIVA, Source: "DPR 633/1972 art. 35; python-stdnum it.iva", Class: ClassB, Shapes: []string{"99999999999"}, Valid: func(v []byte) bool { return luhnText(v, 0) }, Words: iva},
		Detector{Type: ITPIVA, Source: "the same with the country", Class: Likely, Shapes: []string{"it99999999999"}, Valid: func(v []byte) bool { return luhnText(v[2:], 0) }, Words: iva},
	)
}

// validCodiceFiscale: names, date and place of birth, check letter. In homonyms digits become letters.
func validCodiceFiscale(v []byte) bool {
	const odd = "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15\x02\x04\x12\x14\x0b\x03\x06\x08\x0c\x0e\x10\x0a\x16\x19\x18\x17" // of A to Z, and 0 to 9 as A to J
	var d [15]byte
	sum := 0
	for i, c := range v[:15] {
		k := c - '0'
		if c >= 'A' {
			k = c - 'A'
		}
		if i%2 == 0 {
			sum += int(odd[k])
		} else {
			sum += int(k)
		}
		d[i] = c
		if c >= 'A' && (i == 6 || i == 7 || i == 9 || i == 10 || i >= 12) {
			for k := range byte(10) {
				if c == "LMNPQRSTUV"[k] {
					d[i] = '0' + k
				}
			}
			if d[i] >= 'A' {
				return false
			}
		}
	}
	if v[15] != 'A'+byte(sum%26) {
		return false
	}
	for m := range 12 {
		if v[8] == "ABCDEHLMPRST"[m] {
			return anyDate(number2(d[:], 6), m+1, number2(d[:], 9)%40)
		}
	}
	return false
}
