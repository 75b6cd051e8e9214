package gateway

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// canary is a value that must not leave the gateway, and words around it as people write them.
type canary struct{ value, frame string }

// text is the value in its frame.
func (c canary) text() string { return c.with(c.value) }

// with is the frame with something else in the value's place.
func (c canary) with(s string) string { return strings.Replace(c.frame, "%", s, 1) }

// mint makes values that pass the checks of their types. They are made when the tests run, so that nothing
// in the repository looks like a leaked key or somebody's number.
type mint struct{ *rand.Rand }

// of replaces # by a digit, @ by a capital, ? by a letter or digit, ~ by a hexadecimal digit.
func (m mint) of(shape string) string {
	b := []byte(shape)
	for i, c := range b {
		switch c {
		case '#':
			b[i] = '0' + byte(m.IntN(10))
		case '@':
			b[i] = 'A' + byte(m.IntN(26))
		case '?':
			b[i] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[m.IntN(62)]
		case '~':
			b[i] = "0123456789abcdef"[m.IntN(16)]
		}
	}
	return string(b)
}

func (m mint) one(of ...string) string { return of[m.IntN(len(of))] }

// residentID has the check character of GB 11643-1999.
func (m mint) residentID() string {
	id := fmt.Sprintf("%s%d%02d%02d%03d", m.one("110105", "310104", "440305", "330106", "510107"), 1950+m.IntN(50), 1+m.IntN(12), 1+m.IntN(28), m.IntN(1000))
	sum, weight := 0, [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weight {
		sum += int(id[i]-'0') * w
	}
	return id + string("10X98765432"[sum%11])
}

// card ends with its Luhn digit.
func (m mint) card() string {
	digits := m.of(m.one("4###############"[:15], "5"+m.one("1", "3", "5")+"#############", "622848"+"############"))
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	digits += string(rune('0' + (10-sum%10)%10))
	if len(digits) == 16 && m.IntN(2) == 0 {
		sep := m.one(" ", "-")
		return digits[:4] + sep + digits[4:8] + sep + digits[8:12] + sep + digits[12:]
	}
	return digits
}

// iban has the check digits of ISO 13616.
func (m mint) iban() string {
	country, account := "DE", m.of("##################")
	if m.IntN(2) == 0 {
		country, account = "GB", m.of("@@@@##############")
	}
	rest := 0
	for _, c := range account + country + "00" {
		switch {
		case c >= 'A':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	iban := fmt.Sprintf("%s%02d%s", country, 98-rest, account)
	if m.IntN(2) == 0 {
		return iban
	}
	var b strings.Builder
	for i := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(iban[i])
	}
	return b.String()
}

func (m mint) email() string {
	return m.one("ann", "li.wei", "bjorn+news", "m_garcia", "o'neil") + m.of("##") + "@" + m.of("@~~~") + "." + m.one("example.com", "example.org", "firma.example.net", "co.uk")
}

func (m mint) mobile() string {
	number := m.one("138", "159", "186", "199") + m.of("########")
	return m.one(number, "+86 "+number[:3]+" "+number[3:7]+" "+number[7:], number[:3]+"-"+number[3:7]+"-"+number[7:])
}

func (m mint) phone() string {
	return m.one("+49 30 90", "+44 20 7946 0", "+1 415-555-0", "+33 1 70 18 9", "+81 3-1234-5") + m.of("###")
}

func (m mint) jwt() string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(m.of(`{"sub":"##########"}`)) + "." + part(m.of("????????????????????????????????"))
}

// key is a vendor's.
func (m mint) key() string {
	long := strings.Repeat("?", 36)
	return m.of(m.one("gh"+"p_"+long, "sk-"+"ant-api03-"+strings.Repeat("?", 93)+"AA", "xox"+"b-############-############-"+long[:24], "npm"+"_"+long,
		"hf"+"_"+long[:34], "gl"+"pat-"+long[:20], "sk"+"_live_"+long[:24], "AI"+"za"+long[:35], "dapi"+strings.Repeat("~", 32), "AK"+"IA"+strings.Repeat("@", 16)))
}

func (m mint) pem() string {
	return block(m.of(strings.TrimSpace(strings.Repeat(strings.Repeat("?", 64)+"\n", 4))))
}

// block is what a private key stands in.
func block(body string) string {
	return "-----BEGIN " + "RSA PRIVATE KEY-----\n" + body + "\n-----END " + "RSA PRIVATE KEY-----"
}

// canaries are n values of all kinds, the same in every run, no two of them alike.
func canaries(n int) []canary {
	m := mint{rand.New(rand.NewPCG(20, 26))}
	makers := []func() canary{
		func() canary {
			return canary{m.email(), m.one("write to % please", "Kontakt: %.", "邮箱%，谢谢", "<%>")}
		},
		func() canary { return canary{m.mobile(), m.one("call % tonight", "手机号%。", "电话：%")} },
		func() canary { return canary{m.phone(), m.one("ring % at noon", "Tel.: %", "phone: %,")} },
		func() canary {
			return canary{m.residentID(), m.one("身份证号码%，请核对", "id %", "我的身份证是%。")}
		},
		func() canary { return canary{m.card(), m.one("pay with % now", "卡号 %", "card number %.")} },
		func() canary { return canary{m.iban(), m.one("transfer to % today", "IBAN %", "IBAN: %.")} },
		func() canary {
			return canary{m.key(), m.one("use % for it", "token=%", "密钥是%", "Authorization: Bearer %")}
		},
		func() canary { return canary{m.jwt(), m.one("session %", "Authorization: Bearer %")} },
		func() canary {
			return canary{m.of(m.one("Tr0ub4dor&##", "k9#??m2p?x?", "W1nter??!##", "x!7&#??Q##*~")), m.one("password: %", "the password is % for now", "密码是%，请登录", "db_password = %")}
		},
		func() canary { return canary{m.of("###-##-####"), "his SSN is %"} },
		func() canary { return canary{m.of("203.0.114.1##"), "from % at night"} },
		func() canary { return canary{m.of("0~:1b:~~:3c:~~:5d"), "MAC address %."} },
		func() canary {
			return canary{"postgres://app:" + m.of("??????????") + "@db" + m.of("##") + ".example.net:5432/crm", "connect with %"}
		},
		func() canary { return canary{m.pem(), "sign with\n%\nand go"} },
		func() canary { return canary{m.of("京A") + m.of("#####"), "车牌%"} },
		func() canary {
			return canary{m.one("张伟", "王秀英", "李娜", "欧阳建国", "刘洋", "陈静"), "收货人：%，请签收"}
		},
	}
	seen := map[string]bool{}
	var out []canary
	for i := 0; len(out) < n; i++ {
		c := makers[i%len(makers)]()
		if strings.HasPrefix(c.value, "000") || strings.HasPrefix(c.value, "666") || strings.HasPrefix(c.value, "9") && len(c.value) == 11 && strings.Contains(c.frame, "SSN") || seen[c.value] {
			continue
		}
		seen[c.value] = true
		out = append(out, c)
	}
	return out
}
