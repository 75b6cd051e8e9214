package detect

// SWIFTBIC is the business identifier code of a bank, ISO 9362.
var SWIFTBIC = define(Kind{Name: "swift_bic", Family: Finance})

func init() {
	const list = "bic bics swift swiftcode swiftbic biccode bicswift swiftnumber iban 银行国际代码 国际代码 国际汇款 银行代码 识别码"
	add(Detector{
		Type: SWIFTBIC, Source: "ISO 9362; python-stdnum bic", Class: ClassC, Shapes: []string{"AAAAAAXX", "AAAAAAXXXXX"}, Raw: true, Valid: validBIC, Words: list,
	})
	// Most are eight letters without a digit, which are words to the scan: only what follows the name is looked at.
	on("bic swift swiftcode swiftbic 银行国际代码 国际代码 识别码", (*Scanner).bicAhead)
}

const reachBIC = 28

// bicAhead looks for a code in capitals soon behind the word at [start,end). SWIFT has other meanings: more than a space
// has to stand between it and a word in capitals.
func (s *Scanner) bicAhead(start, end int) int {
	t := s.text
	high := min(len(t), end+reachBIC)
	s.readTable(start, end, columnBIC)
	for i := end; i < high && t[i] != '\n'; i++ {
		if t[i] == '<' { // a tag
			for i < high && t[i] != '>' {
				i++
			}
			if i == high {
				break
			}
			continue
		}
		if class[t[i]]&isUpper == 0 || class[t[i-1]]&isName != 0 && !escapeBefore(t, i) {
			if class[t[i]]&isLower != 0 && class[t[i-1]]&isAlpha == 0 && mark(t, i, "code", "number", "no", "is ", "bic") == 0 {
				return 0
			}
			continue
		}
		if end-start == 5 && i == end+1 {
			return 0
		}
		j := i
		for j < len(t) && j-i < 12 && class[t[j]]&(isUpper|isDigit) != 0 {
			j++
		}
		s.work += j - end
		if j-i > 1 && !(j-i == 8 || j-i == 11) && !foldEqual(t[i:j], "code") && !foldEqual(t[i:j], "bic") && !foldEqual(t[i:j], "is") && !foldEqual(t[i:j], "no") {
			return 0
		}
		if n := j - i; (n == 8 || n == 11) && (j == len(t) || class[t[j]]&isName == 0) && validBIC(t[i:j]) {
			s.emit(i, j, SWIFTBIC, rankNamed)
			return j
		}
	}
	return 0
}

// isoCountries are the codes of ISO 3166-1 and Kosovo's.
const isoCountries = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGL" +
	"GMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOM" +
	"PAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW"

func validBIC(v []byte) bool {
	for _, c := range v[:6] {
		if class[c]&isUpper == 0 {
			return false
		}
	}
	return capitals(v) && pairIn(v[4], v[5], isoCountries) && v[7] != 'O'
}
