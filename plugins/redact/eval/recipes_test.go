package eval

import (
	"fmt"
	"strings"
)

// residentID makes an identity number of a region (GB 11643).
func (m mint) residentID(region string) string {
	v := region + m.date(1950, 2006) + m.until("999", nil)
	n := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		n += int(v[i]-'0') * w
	}
	return v + string("10X98765432"[n%11])
}

// recipes make the values of kinds of identifiers, by their rules (pii.md names the sources: the issuers' standards, python-stdnum).
var recipes = map[string]func(mint) string{
	// China.
	"cn_mobile": func(m mint) string {
		return m.pick("130 131 133 135 136 137 138 139 147 150 151 152 155 157 158 159 166 173 175 176 177 178 180 181 183 185 186 187 188 189 191 193 195 198 199") + m.until("99999999", nil)
	},
	"cn_id": func(m mint) string {
		return m.residentID(m.pick("110105 120101 130102 140105 210102 220104 310104 310115 320106 330106 340104 350203 360102 370102 410105 420106 430104 440106 440305 450103 500103 510104 520103 530102 610113 620102"))
	},
	"cn_id_hk": func(m mint) string { return m.residentID("810000") }, // the residence permit
	"cn_id15": func(m mint) string {
		return m.pick("110105 310104 440106 510104") + m.date(1950, 1985)[2:] + m.until("999", nil)
	},
	"uscc": func(m mint) string {
		const set = "0123456789ABCDEFGHJKLMNPQRTUWXY"
		v := "91" + m.pick("110108 310115 440300 330106 510107") + "MA" + m.random(set, 6)
		n := 0
		for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
			n += base36(v[8+i]) * w
		}
		v += string("0123456789X0"[(11-n%11)%12])
		n, w := 0, 1
		for _, c := range []byte(v) {
			n += strings.IndexByte(set, c) * w
			w = w * 3 % 31
		}
		return v + string(set[(31-n%31)%31])
	},
	"cn_plate": func(m mint) string {
		return m.pick("京A 沪B 粤B 浙A 苏E 川A 鲁B 闽D 鄂A 湘A") + m.random("ABCDEFGHJKLMNPQRSTUVWXYZ", 1) + m.until("9999", nil)
	},
	"cn_plate_ev": func(m mint) string { return m.pick("京A 沪A 粤B 浙A 苏E 川A") + "D" + m.until("99999", nil) },
	"cn_passport": func(m mint) string { return m.pick("E1 E5 EA EB EC EG EJ") + m.until("9999999", nil) },
	"hk_id": func(m mint) string {
		return m.until("A999999X", func(v string) bool {
			n := 36*9 + base36(v[0])*8
			for i := range 6 {
				n += int(v[1+i]-'0') * (7 - i)
			}
			return v[7] <= 'A' && (n+base36(v[7]))%11 == 0
		})
	},
	"tw_id": func(m mint) string {
		return m.until("A999999999", func(v string) bool {
			n := strings.IndexByte("ABCDEFGHJKLMNPQRSTUVXYWZIO", v[0]) + 10
			return (v[1] == '1' || v[1] == '2') && (n/10+n%10*9+sum(v[1:], "876543211"))%10 == 0
		})
	},
	// Asia and Oceania.
	"jp_my_number": func(m mint) string {
		return m.until("999999999999", func(v string) bool {
			c := 11 - sum(v, "65432765432")%11
			if c > 9 {
				c = 0
			}
			return int(v[11]-'0') == c && v[0] != '0'
		})
	},
	"kr_rrn": func(m mint) string {
		return m.until("9999999999999", func(v string) bool {
			return day(v) && v[:2] > "50" && (v[6] == '1' || v[6] == '2') && (11-sum(v, "234567892345")%11)%10 == int(v[12]-'0')
		})
	},
	"kr_brn": of("9999999999", func(v string) bool {
		return v[0] != '0' && (10-(sum(v, "137137135")+int(v[8]-'0')*5/10)%10)%10 == int(v[9]-'0')
	}),
	"in_aadhaar": of("999999999999", verhoeff),
	"in_pan":     func(m mint) string { return m.until("AAA", nil) + "P" + m.until("A9999A", nil) },
	"sg_nric": of("S9999999A", func(v string) bool {
		return v[8] == "JZIHGFEDCBA"[sum(v[1:], "2765432")%11]
	}),
	"th_id": of("9999999999999", func(v string) bool { return v[0] != '0' && (11-sum(v, "=<;:98765432")%11)%10 == int(v[12]-'0') }),
	"il_id": of("999999999", luhn),
	"in_gstin": func(m mint) string {
		v, n := m.pick("27 29 07 33")+m.until("AAA", nil)+"P"+m.until("A9999A", nil)+"1Z", 0
		for i := range v {
			d := base36(v[i]) * (1 + i%2)
			n += d/36 + d%36
		}
		return v + string((alphabets["digit"] + alphabets["upper"])[(36-n%36)%36])
	},
	"au_tfn": of("999999999", mod("14375869:", 11)),
	"au_abn": of("99999999999", func(v string) bool { return v[0] != '0' && (sum(v, ":13579;=?AC")-10)%89 == 0 }),
	"au_acn": of("999999999", func(v string) bool { return (10-sum(v, "87654321")%10)%10 == int(v[8]-'0') }),
	"au_medicare": of("9999999999", func(v string) bool {
		return v[0] >= '2' && v[0] <= '6' && sum(v, "13791379")%10 == int(v[8]-'0') && v[9] != '0'
	}),
	"tr_tckn": of("99999999999", func(v string) bool {
		odd, even := sum(v, "101010101"), sum(v, "01010101")
		return v[0] != '0' && ((odd*7-even)%10+10)%10 == int(v[9]-'0') && sum(v, "1111111111")%10 == int(v[10]-'0')
	}),
	// America.
	"us_ssn":  of("999999999", func(v string) bool { return v[:3] > "000" && v[:3] < "666" && v[3:5] != "00" && v[5:] != "0000" }),
	"us_itin": of("999999999", func(v string) bool { return v[0] == '9' && v[3:5] >= "70" && v[3:5] <= "88" }),
	"us_ein": func(m mint) string {
		return m.pick("12 20 26 27 36 41 45 46 47 52 61 75 81 82 84 94") + m.until("9999999", nil)
	},
	"us_aba": of("999999999", func(v string) bool { return v[:2] >= "01" && v[:2] <= "12" && sum(v, "371371371")%10 == 0 }),
	"us_npi": of("1999999999", func(v string) bool { return luhn("80840" + v) }),
	"us_dea": of("BA9999999", func(v string) bool { return (sum(v[2:], "101010")+2*sum(v[2:], "010101"))%10 == int(v[8]-'0') }),
	"us_mbi": func(m mint) string {
		const letters = "ACDEFGHJKMNPQRTUVWXY"
		return m.until("9", func(v string) bool { return v > "0" }) + m.random(letters, 1) + m.random(letters, 1) + m.until("9", nil) + m.random(letters, 1) + m.until("99", nil)[:1] + m.until("9", nil) + m.random(letters, 2) + m.until("99", nil)
	},
	"mx_curp": func(m mint) string {
		v := m.random("BCDFGHLMPRST", 1) + m.random("AEIOU", 1) + m.random("BCDFGHLMPRST", 2) + m.date(1950, 1999)[2:] + m.pick("H M") + m.pick("DF JC NL PL VZ") + m.random("BCDFGLMNPRSTVZ", 3) + "0"
		n := 0
		for i := range v {
			k := base36(v[i])
			if v[i] > 'N' { // behind Ñ
				k++
			}
			n += k * (18 - i)
		}
		return v + string(rune('0'+(10-n%10)%10))
	},
	"za_id":  of("9999999999089", func(v string) bool { return day(v) && v[:2] > "40" && luhn(v) }),
	"ca_sin": of("999999999", func(v string) bool { return luhn(v) && v[0] != '8' }),
	"br_cpf": of("99999999999", func(v string) bool {
		return sum(v, ":98765432")*10%11%10 == int(v[9]-'0') && sum(v, ";:98765432")*10%11%10 == int(v[10]-'0')
	}),
	"br_cnpj": of("99999999000199", func(v string) bool {
		c := func(n int) int {
			if n%11 < 2 {
				return 0
			}
			return 11 - n%11
		}
		return c(sum(v, "543298765432")) == int(v[12]-'0') && c(sum(v, "6543298765432")) == int(v[13]-'0')
	}),
	"ar_cuit": of("20999999999", func(v string) bool { return sum(v, "54327654321")%11 == 0 }),
	"cl_rut": func(m mint) string {
		v := m.until("19999999", nil)
		return v + string("0123456789K0"[(11-sum(v, "32765432")%11)%12])
	},
	// Europe.
	"uk_nino": func(m mint) string {
		return m.pick("AB CE HK JN LP SR YW") + m.until("999999", nil) + m.pick("A B C D")
	},
	"uk_nhs": of("9999999999", func(v string) bool { return v[0] != '0' && sum(v, ":987654321")%11 == 0 }),
	"uk_utr": of("9999999999", func(v string) bool { return "21987654321"[sum(v[1:], "6789:5432")%11] == v[0] }),
	"de_tax_id": of("99999999999", func(v string) bool {
		count := [10]int{}
		twice := 0
		for _, c := range []byte(v[:10]) {
			if count[c-'0']++; count[c-'0'] == 2 {
				twice++
			} else if count[c-'0'] > 2 {
				return false
			}
		}
		p := 10
		for _, c := range []byte(v[:10]) {
			s := (int(c-'0') + p) % 10
			if s == 0 {
				s = 10
			}
			p = s * 2 % 11
		}
		return v[0] != '0' && twice == 1 && (11-p)%10 == int(v[10]-'0')
	}),
	"de_svnr": func(m mint) string {
		d := m.date(1950, 1999)
		v := fmt.Sprintf("%02d", 10+m.IntN(50)) + d[6:8] + d[4:6] + d[2:4]
		letter, serial := m.random(alphabets["upper"], 1), m.until("99", nil)
		n := 0
		for i, c := range []byte(v + fmt.Sprintf("%02d", letter[0]-'A'+1) + serial) {
			p := int(c-'0') * int("212571212121"[i]-'0')
			n += p/10 + p%10
		}
		return v + letter + serial + string(rune('0'+n%10))
	},
	"de_kvnr": func(m mint) string {
		return m.until("A999999999", func(v string) bool {
			s, n := fmt.Sprintf("%02d", v[0]-'A'+1)+v[1:9], 0
			for i := range s {
				d := int(s[i]-'0') * (1 + i%2)
				n += d/10 + d%10
			}
			return n%10 == int(v[9]-'0')
		})
	},
	"fr_nir": func(m mint) string {
		v := m.pick("1 2") + m.until("99", nil) + fmt.Sprintf("%02d", 1+m.IntN(12)) + fmt.Sprintf("%02d", 1+m.IntN(95)) + m.until("399199", nil)
		if v[5:7] == "20" {
			v = v[:5] + "75" + v[7:]
		}
		return v + fmt.Sprintf("%02d", 97-number(v)%97)
	},
	"fr_siren": of("999999999", luhn),
	"fr_siret": of("99999999900099", func(v string) bool { return luhn(v[:9]) && luhn(v) }),
	"es_nif": func(m mint) string {
		v := m.until("99999999", nil)
		return v + string("TRWAGMYFPDXBNJZSQVHLCKE"[number(v)%23])
	},
	"es_nie": func(m mint) string {
		v := m.until("9999999", nil)
		return "Y" + v + string("TRWAGMYFPDXBNJZSQVHLCKE"[number("1"+v)%23])
	},
	"it_cf": func(m mint) string {
		const odd = "BAFHJNPRTVCESULDGIMOQKWZYX"
		consonants := "BCDFGLMNPRSTVZ"
		v := m.random(consonants, 3) + m.random(consonants, 3) + fmt.Sprintf("%02d", 50+m.IntN(49)) + m.pick("A B C D E H L M P R S T") + fmt.Sprintf("%02d", 1+m.IntN(28)) + m.pick("H501 F205 L219 F839 D612 A944 G273")
		n := 0
		for i, c := range []byte(v) {
			d := base36(c)
			if d >= 10 {
				d -= 10
			}
			if i%2 == 0 {
				d = int(odd[d] - 'A')
			}
			n += d
		}
		return v + string(rune('A'+n%26))
	},
	"it_piva": of("09999990999", func(v string) bool { return luhnSum(v)%10 == 0 && v[8:10] != "00" }),
	"nl_bsn":  of("999999999", func(v string) bool { return v[0] != '0' && (sum(v, "98765432")-int(v[8]-'0'))%11 == 0 }),
	"be_nrn": of("99999999999", func(v string) bool {
		return day(v) && v[:2] > "40" && 97-number(v[:9])%97 == number(v[9:])
	}),
	"pt_nif": of("299999999", func(v string) bool {
		c := 11 - sum(v, "98765432")%11
		if c > 9 {
			c = 0
		}
		return c == int(v[8]-'0')
	}),
	"pl_pesel": of("99999999999", func(v string) bool {
		return day(v) && v[:2] > "40" && (10-sum(v, "1379137913")%10)%10 == int(v[10]-'0')
	}),
	"se_pnr": of("9999999999", func(v string) bool { return day(v) && v[:2] > "40" && luhn(v) }),
	"fi_hetu": func(m mint) string {
		d := m.date(1950, 1999)
		v := d[6:8] + d[4:6] + d[2:4]
		n := m.until("399", nil)
		return v + "-" + n + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[number(v+n)%31])
	},
	"no_fnr": func(m mint) string {
		return m.until("99999939999", func(v string) bool {
			return day(v[4:6]+v[2:4]+v[:2]) && sum(v, "3761894521")%11 == 0 && sum(v, "54327654321")%11 == 0
		})
	},
	"dk_cpr": of("9999991999", func(v string) bool { return day(v[4:6]+v[2:4]+v[:2]) && sum(v, "4327654321")%11 == 0 }),
	"ch_ahv": of("7569999999999", func(v string) bool { return sum(v, "1313131313131")%10 == 0 }),
	"at_svnr": of("9999999999", func(v string) bool {
		return v[0] != '0' && day(v[8:10]+v[6:8]+v[4:6]) && sum(v, "3790584216")%11 == int(v[3]-'0')
	}),
	"ie_pps": func(m mint) string {
		v := m.until("9999999", nil)
		return v + string("WABCDEFGHIJKLMNOPQRSTUV"[(sum(v, "8765432")+9)%23]) + "A"
	},
	// Things and money.
	"imei": of("359999999999999", luhn),
	"btc":  func(m mint) string { return m.base58check(0) },
	"tron": func(m mint) string { return m.base58check(0x41) },
	"eth":  func(m mint) string { return "0x" + m.random(alphabets["hex"], 40) },
	"ipv4": func(m mint) string {
		return m.pick("203.119 47.98 81.2 45.33 121.40 36.152 185.199 91.198 8.219") + fmt.Sprintf(".%d.%d", 1+m.IntN(250), 2+m.IntN(250))
	},
	"mac": func(m mint) string {
		v := "3c22fb" + m.random(alphabets["hex"], 6)
		return v[:2] + ":" + v[2:4] + ":" + v[4:6] + ":" + v[6:8] + ":" + v[8:10] + ":" + v[10:]
	},
	"uuid": func(m mint) string {
		v := m.random(alphabets["hex"], 32)
		return v[:8] + "-" + v[8:12] + "-4" + v[13:16] + "-a" + v[17:20] + "-" + v[20:]
	},
	// Phones. Exchanges are as issued; none of the numbers is looked up.
	"us_phone": of("9999999999", func(v string) bool {
		return strings.Contains("212 415 512 617 303 206 312 713", v[:3]) && v[3] > '1' && v[4:6] != "11"
	}),
	"jwt": func(m mint) string {
		return "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI" + m.random(alphabets["alnum"], 58) + "." + m.random(alphabets["url"], 43)
	},
	// A password as generators and people make them: all classes of characters, none that ends a string anywhere.
	"pw": func(m mint) string {
		return m.random(alphabets["upper"], 1) + m.random(alphabets["lower"], 3+m.IntN(4)) + m.pick("! # % * ^ = ~") + m.random(alphabets["digit"], 2+m.IntN(3)) + m.random(alphabets["alnum"], 2+m.IntN(5))
	},
}
