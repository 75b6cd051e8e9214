package detect

// Numbers of Latin America, and of South Africa.
var (
	BRCPF  = define(Kind{Name: "br_cpf", Family: Identity})  // of taxpayers
	BRCNPJ = define(Kind{Name: "br_cnpj", Family: Identity}) // of legal entities
	MXCURP = define(Kind{Name: "mx_curp", Family: Identity}) // of residents
	ARCUIT = define(Kind{Name: "ar_cuit", Family: Identity}) // of taxpayers and workers
	CLRUT  = define(Kind{Name: "cl_rut", Family: Identity})  // of persons and companies
	ZAID   = define(Kind{Name: "za_id", Family: Identity})   // of citizens
)

func init() {
	const cpf = "cpf cpfs cadastropessoa contribuinte brazilian 巴西税号 巴西个人 巴西 个人税号"
	const cnpj = "cnpj empresa pessoajurídica 巴西企业 巴西公司 巴西 企业税号 法人税号"
	const rut = "rut run roltributario chilean cédula 智利"
	add(
		Detector{Type: BRCPF, Source: "Receita Federal; python-stdnum br.cpf", Class: ClassA, Shapes: []string{"999.999.999-99"}, Valid: validCPF, Words: cpf},
		Detector{Type: BRCPF, Source: "the same with the hyphen only", Class: ClassB, Grouped: Likely, Shapes: []string{"999999999-99"}, Valid: validCPF, Words: cpf},
		Detector{Type: BRCPF, Source: "the same, bare or with other separators", Class: ClassB, Shapes: []string{"999~999~999~99"}, Valid: validCPF, Words: cpf},
		Detector{Type: BRCNPJ, Source: "Receita Federal, IN RFB 2.229/2024; python-stdnum br.cnpj", Class: ClassA, Shapes: []string{"99.999.999/9999-99"}, Valid: validCNPJ, Words: cnpj},
		Detector{Type: BRCNPJ, Source: "the same, bare", Class: ClassB, Shapes: []string{"XXXXXXXXXXXX99", "99999999/9999-99"}, Valid: validCNPJ, Words: cnpj},
		Detector{Type: MXCURP, Source: "RENAPO; python-stdnum mx.curp", Class: ClassA, Shapes: []string{"AAAA999999AAAAAAX9"}, Valid: validCURP},
		Detector{Type: ARCUIT, Source: "AFIP; python-stdnum ar.cuit", Class: ClassB, Grouped: Likely, Shapes: []string{"99-99999999-9", "99~99999999~9"}, Valid: validCUIT,
			Words: "cuit cuil cuitcuil argentina argentine 阿根廷"},
		Detector{Type: CLRUT, Source: "Registro Civil; python-stdnum cl.rut", Class: Likely, Shapes: []string{"99.999.999-X", "9.999.999-X"}, Valid: validRUT, Words: rut},
		Detector{Type: CLRUT, Source: "the same without dots", Class: ClassB, Shapes: []string{"99999999-X", "9999999-X", "99999999X"}, Valid: validRUT, Words: rut},
		Detector{Type: ZAID, Source: "Department of Home Affairs; python-stdnum za.idnr", Class: ClassB, Shapes: []string{"9999999999999", "999999~9999~999", "999999~9999~99~9", "999999~9999~9~9~9"}, Valid: validZAID,
			Words: "said rsaid southafrican southafricanid southafrica africanid idnumber idno identitynumber nationalid identitydocument idbook 南非"},
	)
	on("cnpj", (*Scanner).cnpjAhead)
}

// cnpjAhead looks for a CNPJ with letters and its separators behind its name. A shape of it would be asked of every decimal.
func (s *Scanner) cnpjAhead(_, end int) int {
	const shape = "XX.XXX.XXX/XXXX-99"
	t := s.text
	for i := end; i < end+12 && i+len(shape) <= len(t); i++ {
		s.work++
		if t[i+2] != '.' || class[t[i]]&isAlnum == 0 || class[t[i-1]]&isAlnum != 0 {
			continue
		}
		var v [14]byte
		n := 0
		for k := range len(shape) {
			switch c := t[i+k]; {
			case shape[k] == 'X' && class[c]&isAlnum != 0, shape[k] == '9' && class[c]&isDigit != 0:
				if v[n] = c; class[c]&isLower != 0 {
					v[n] -= 0x20
				}
				n++
			case c != shape[k]:
				return 0
			}
		}
		e := i + len(shape)
		if validCNPJ(v[:]) && (e == len(t) || class[t[e]]&isAlnum == 0) {
			s.emit(i, e, BRCNPJ, rankSure)
			return e
		}
		return 0
	}
	return 0
}

func validCPF(v []byte) bool {
	return !alike(v) && elevens(weigh(v, ":98765432")) == v[9] && elevens(weigh(v, ";:98765432")) == v[10]
}

// validCNPJ: letters, which are issued from July 2026 on, count as their ASCII code less 48.
func validCNPJ(v []byte) bool {
	return !alike(v[:12]) && elevens(weigh(v, "543298765432")) == v[12] && elevens(weigh(v, "6543298765432")) == v[13]
}

// validCURP: initials, date of birth, sex, state, consonants, a digit for births before 2000 and a letter after, check digit.
func validCURP(v []byte) bool {
	if !oneOf(v[10], "HMX") || !pairIn(v[11], v[12], "ASBCBSCCCHCLCMCSDFDGGRGTHGJCMCMNMSNENLNTOCPLQRQTSLSPSRTCTLTSVZYNZS") {
		return false
	}
	sum := 0
	for i, c := range v[:17] {
		k := value36(c)
		if c > 'N' { // Ñ stands between N and O
			k++
		}
		sum += k * (18 - i)
	}
	return byte((10-sum%10)%10)+'0' == v[17] && anyDate(number2(v, 4), number2(v, 6), number2(v, 8))
}

func validCUIT(v []byte) bool {
	p := number2(v, 0)
	if !(p == 20 || p >= 23 && p <= 27 || p == 30 || p == 33 || p == 34) {
		return false
	}
	k := 11 - weigh(v, "5432765432")%11
	return k == 11 && v[10] == '0' || k == 10 && v[10] == '9' || k < 10 && v[10] == '0'+byte(k)
}

func validRUT(v []byte) bool {
	n := len(v) - 1
	check := v[n]
	if check > '9' && check != 'K' || alike(v) {
		return false
	}
	sum := weigh(v, "32765432"[8-n:])
	return check == "0K987654321"[sum%11]
}

// validZAID: date of birth, sequence, citizenship, a digit that was race once, Luhn.
func validZAID(v []byte) bool {
	return anyDate(number2(v, 0), number2(v, 2), number2(v, 4)) && v[10] <= '2' && luhnText(v, 0)
}
