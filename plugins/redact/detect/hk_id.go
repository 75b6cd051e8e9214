package detect

// HKID is the identity card number of Hong Kong.
var HKID = define(Kind{Name: "hk_id", Family: Identity})

func init() {
	add(Detector{
		Type: HKID, Source: "Immigration Department; validator.js zh-HK", Class: ClassB, Grouped: ClassA,
		Shapes: []string{"A999999X", "AA999999X", "A999999(X)", "AA999999(X)"}, Valid: validHKID, Words: wordsHKID,
	}, Detector{
		Type: HKID, Source: "the same, with a space or hyphen before the check digit", Class: ClassB,
		Shapes: []string{"A999999 X", "A999999-X", "A999999 (X)", "A999999/X", "AA999999 X", "AA999999-X", "AA999999 (X)"}, Valid: validHKID, Words: wordsHKID,
	})
}

const wordsHKID = "hkid hkidno hongkongid hkidentity hongkongidentity hongkongidentitycard hkidcard idcard idcardno idno idnumber identity identitycard identitycardno identitydocument 身份证 身份證 身分證 身份号 身份號 证件号 證件號 香港居民"

func validHKID(v []byte) bool {
	check := v[len(v)-1]
	if class[check]&isDigit == 0 && check != 'A' {
		return false
	}
	// One letter counts as two, of which the first is a space of value 36.
	sum := 36 * 9
	if len(v) == 9 {
		sum = (int(v[0]-'A') + 10) * 9
	}
	w := 8
	for _, c := range v[len(v)-8 : len(v)-1] {
		if c >= 'A' {
			sum += (int(c-'A') + 10) * w
		} else {
			sum += int(c-'0') * w
		}
		w--
	}
	if check == 'A' {
		sum += 10
	} else {
		sum += int(check - '0')
	}
	return sum%11 == 0
}
