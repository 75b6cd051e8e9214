package detect

// IBAN is an international bank account number, ISO 13616.
var IBAN = define(Kind{Name: "iban", Family: Finance})

func init() {
	add(Detector{
		Type: IBAN, Source: "ISO 13616; SWIFT IBAN registry; python-stdnum iban", Class: ClassA,
		Shapes: []string{"AA99"}, Match: matchIBAN,
		Words: "iban",
	})
}

// ibanLengths are the lengths by country.
var ibanLengths = map[string]uint8{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24,
	"DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25,
	"MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29,
	"RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29,
	"VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// ibanDigits are the countries whose accounts are of digits only; elsewhere the bank is four letters.
const ibanDigits = "AEATBABEBICRCZDEDJDKDKEEEGESFIFOGLHRHUILISLTLYMEMNMRNOPLPTRSSDSESISKSOSTTLTNVAXK"

// matchIBAN reads an IBAN at the start of v, in one piece or in groups of four, to the length of its country.
func matchIBAN(v []byte) int {
	if len(v) < 15 {
		return 0
	}
	size := int(ibanLengths[string(v[:2])])
	if size == 0 {
		return 0
	}
	digits := pairIn(v[0], v[1], ibanDigits)
	sep := byte(0)
	rem, n, i := 0, 0, 0
	for ; i < len(v) && n < size; i++ {
		c := v[i]
		if class[c]&isAlnum == 0 {
			if c != ' ' && c != '-' || n%4 != 0 || sep != 0 && c != sep || sep == 0 && n != 4 {
				return 0
			}
			sep = c
			continue
		}
		if n >= 4 {
			if digits && class[c]&isDigit == 0 {
				return 0
			}
			rem = mod97(rem, c)
		}
		n++
	}
	if n < size {
		return 0
	}
	for _, c := range v[:4] {
		rem = mod97(rem, c)
	}
	if rem != 1 {
		return 0
	}
	return i
}

// mod97 goes on with ISO 7064 MOD 97-10 by a digit or a letter, which counts as two digits.
func mod97(rem int, c byte) int {
	if c >= 'A' {
		return (rem*100 + int(c-'A') + 10) % 97
	}
	return (rem*10 + int(c-'0')) % 97
}
