package eval

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// A mint makes the random values of labelled texts: identifiers with valid check digits and strings of a length, so that the texts hold no
// value of anybody and nothing that looks like a leaked key. The rules of check digits are written down a second time here, apart
// from those of the detectors.
type mint struct{ *rand.Rand }

// newMint makes the mint of a text: its values depend on nothing but the text.
func newMint(text string) mint {
	h := fnv.New64a()
	h.Write([]byte(text))
	return mint{rand.New(rand.NewPCG(h.Sum64(), 7))}
}

var alphabets = map[string]string{
	"digit": "0123456789", "hex": "0123456789abcdef", "HEX": "0123456789ABCDEF",
	"lower": "abcdefghijklmnopqrstuvwxyz", "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"ALNUM":  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"alnum":  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz",
	"url":    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz-_",
	"base64": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz+/",
	"base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	"base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}

// value makes what a mark asks for: NAME[:ARGUMENT…][|LAYOUT]. A layout writes the value in groups ("3-4-4"), or full-width ("fw").
func (m mint) value(spec string) string {
	spec, layout, _ := strings.Cut(spec, "|")
	name, rest, _ := strings.Cut(spec, ":")
	args := strings.Split(rest, ":")
	v := ""
	switch {
	case alphabets[name] != "":
		n, err := strconv.Atoi(rest)
		if err != nil {
			panic("mint: length of " + spec)
		}
		v = m.random(alphabets[name], n)
	case name == "luhn": // prefix, length
		n, _ := strconv.Atoi(args[1])
		v = m.until(args[0]+strings.Repeat("9", n-len(args[0])), luhn)
	case name == "date": // from, to (years)
		from, _ := strconv.Atoi(args[0])
		to, _ := strconv.Atoi(args[1])
		v = m.date(from, to)
	case name == "iban": // country
		v = m.iban(args[0])
	case recipes[name] != nil:
		v = recipes[name](m)
	default:
		panic("mint: no value is named " + name)
	}
	switch {
	case layout == "fw":
		return strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7F {
				return r - ' ' + '\uFF00'
			}
			return r
		}, v)
	case layout != "":
		var b strings.Builder
		for _, c := range layout {
			if c >= '0' && c <= '9' {
				b.WriteString(v[:c-'0'])
				v = v[c-'0':]
			} else {
				b.WriteRune(c)
			}
		}
		return b.String() + v
	}
	return v
}

// date makes a day of the years, as YYYYMMDD.
func (m mint) date(from, to int) string {
	return fmt.Sprintf("%04d%02d%02d", from+m.IntN(to-from+1), 1+m.IntN(12), 1+m.IntN(28))
}

// random makes a string whose ends are letters or digits.
func (m mint) random(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		for {
			b[i] = alphabet[m.IntN(len(alphabet))]
			if !strings.ContainsRune("-_+/", rune(b[i])) || i > 0 && i < n-1 {
				break
			}
		}
	}
	return string(b)
}

// until fills a shape (9 a digit, A a letter, X either) at random until the check takes it.
func (m mint) until(shape string, check func(v string) bool) string {
	b := []byte(shape)
	for range 1 << 20 {
		for i, c := range []byte(shape) {
			switch c {
			case '9':
				b[i] = byte('0' + m.IntN(10))
			case 'A':
				b[i] = byte('A' + m.IntN(26))
			case 'X':
				b[i] = alphabets["ALNUM"][m.IntN(36)]
			}
		}
		if check == nil || check(string(b)) {
			return string(b)
		}
	}
	panic("mint: no value of " + shape)
}

// of makes a recipe of a shape and its check.
func of(shape string, check func(v string) bool) func(mint) string {
	return func(m mint) string { return m.until(shape, check) }
}

// sum adds up the digits by weights, of which each is a character from 0 on (':' is 10, ';' 11 …).
func sum(v, weights string) (n int) {
	for i := range weights {
		n += int(v[i]-'0') * int(weights[i]-'0')
	}
	return n
}

// mod is the check of those whose weighted sum is divisible.
func mod(weights string, n int) func(string) bool {
	return func(v string) bool { return v[0] != '0' && sum(v, weights)%n == 0 }
}

func luhn(v string) bool { return v[0] != '0' && luhnSum(v)%10 == 0 }

func luhnSum(v string) (n int) {
	for i := range v {
		d := int(v[len(v)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		n += d
	}
	return n
}

func verhoeff(v string) bool {
	const (
		times = "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
		order = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"
	)
	c := 0
	for i := range v {
		p := int(order[i%8*10+int(v[len(v)-1-i]-'0')] - '0')
		c = int(times[c*10+p] - '0')
	}
	return c == 0 && v[0] > '1'
}

// day tells whether six digits YYMMDD are a date.
func day(v string) bool {
	m, d := v[2:4], v[4:6]
	return m >= "01" && m <= "12" && d >= "01" && d <= "28"
}

// number reads digits.
func number(v string) int64 {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// base36 reads a letter as 10 to 35.
func base36(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'A') + 10
}

// ibans are the shapes of account numbers behind the country and its check digits.
var ibans = map[string]string{
	"AE": "9999999999999999999", "AT": "9999999999999999", "BE": "999999999999", "CH": "99999999999999999", "CZ": "99999999999999999999",
	"DE": "999999999999999999", "DK": "99999999999999", "ES": "99999999999999999999", "FI": "99999999999999", "FR": "9999999999XXXXXXXXXXX99",
	"GB": "AAAA99999999999999", "GR": "99999999999999999999999", "IE": "AAAA99999999999999", "IT": "A9999999999999999999999", "LT": "9999999999999999",
	"NL": "AAAA9999999999", "NO": "99999999999", "PL": "999999999999999999999999", "PT": "999999999999999999999", "RO": "AAAA9999999999999999",
	"SA": "99999999999999999999", "SE": "99999999999999999999", "TR": "9999909999999999999999", "UA": "9999999999999999999999999",
}

func (m mint) iban(country string) string {
	bban := m.until(ibans[country], nil)
	var digits strings.Builder
	for _, c := range []byte(bban + country + "00") {
		digits.WriteString(strconv.Itoa(base36(c)))
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return fmt.Sprintf("%s%02d%s", country, 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), bban)
}

// base58check makes a wallet's address of a version: base58 of a hash and its checksum.
func (m mint) base58check(version byte) string {
	b := []byte{version}
	for range 20 {
		b = append(b, byte(m.IntN(256)))
	}
	one := sha256.Sum256(b)
	two := sha256.Sum256(one[:])
	n := new(big.Int).SetBytes(append(b, two[:4]...))
	out, base, digit := "", big.NewInt(58), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		out = string(alphabets["base58"][digit.Int64()]) + out
	}
	if version == 0 {
		out = "1" + out
	}
	return out
}

func (m mint) pick(words string) string {
	w := strings.Fields(words)
	return w[m.IntN(len(w))]
}

// TestMints: every recipe makes a value, and the same one each time.
func TestMints(t *testing.T) {
	for name := range recipes {
		if a, b := newMint(name).value(name), newMint(name).value(name); a == "" || a != b {
			t.Errorf("%s: %q and %q, expected the same value twice", name, a, b)
		}
	}
}
