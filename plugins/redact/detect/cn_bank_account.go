package detect

// CNBankAccount is the number of a bank account in the PRC that is no card's: 12 to 22 digits without a check digit, as firms have.
var CNBankAccount = define(Kind{Name: "cn_bank_account", Family: Finance})

func init() {
	add(Detector{
		Type: CNBankAccount, Source: "rules of the PBC on settlement accounts; no common form", Class: ClassC,
		Shapes: []string{
			"999999999999", "9999999999999", "99999999999999", "999999999999999", "9999999999999999", "99999999999999999", "999999999999999999",
			"9999999999999999999", "99999999999999999999", "999999999999999999999", "9999999999999999999999",
		},
		Valid: bankAccount,
		Words: "bankaccount bankaccountno bankaccountnumber bankacct bankacctno corporateaccount 银行账号 银行帐号 银行账户 对公账 对公帐 收款账 收款帐 付款账 对方账 转入账 转出账 入账账 扣款账 还款账 缴费账 开户账 汇款账 公司账 企业账 单位账 结算账 銀行帳號 基本户 开户行及账 开户行账 行及账号 行及帐号 开户行和账",
	})
	on("账号 帐号 賬號 帳號 账户", (*Scanner).accountBehind)
}

// accountBehind reads the number behind a word for an account that may be anything's, when a bank is named shortly before or behind it, as in a form
// that has the holder, the bank and the account on lines of their own.
func (s *Scanner) accountBehind(start, end int) int {
	const reach = 160
	t := s.text
	if !s.types.Has(CNBankAccount) {
		return 0
	}
	s.readTable(start, end, columnAccount)
	p, _ := s.leadIn(end)
	e := p
	for e < len(t) && e-p < 30 && (class[t[e]]&isDigit != 0 || t[e] == ' ' && e > p && e+1 < len(t) && class[t[e+1]]&isDigit != 0) {
		e++
	}
	var d [22]uint8
	n := 0
	for _, c := range t[p:e] {
		if c == ' ' {
			continue
		}
		if n == len(d) {
			return 0
		}
		d[n] = c - '0'
		n++
	}
	low := max(0, start-reach)
	s.work += e - start
	if n < 12 || n <= 19 && luhn(d[:n]) || !numberEnd(t, e) {
		return 0
	}
	high := min(len(t), e+reach/2)
	s.work += high - low
	if !namesBank(t[low:start]) && !namesBank(t[e:high]) {
		return 0
	}
	s.emit(p, e, CNBankAccount, rankNamed)
	return e
}

// namesBank tells whether a bank is named in b.
func namesBank(b []byte) bool {
	return lastIndex(b, "开户") >= 0 || lastIndex(b, "银行") >= 0 || lastIndex(b, "支行") >= 0 || lastIndex(b, "銀行") >= 0
}

// bankAccount tells whether v has the form of an account: 12 to 22 digits, and what passes Luhn is a card's.
func bankAccount(v []byte) bool {
	if len(v) < 12 || len(v) > 22 || digitsIn(v) != len(v) {
		return false
	}
	var d [22]uint8
	for i, c := range v {
		d[i] = c - '0'
	}
	return len(v) > 19 || !luhn(d[:len(v)])
}
