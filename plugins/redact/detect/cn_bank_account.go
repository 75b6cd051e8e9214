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
		Valid: func(v []byte) bool { // what passes Luhn is a card's
			var d [22]uint8
			for i, c := range v {
				d[i] = c - '0'
			}
			return len(v) > 19 || !luhn(d[:len(v)])
		},
		Words: "bankaccount bankaccountno bankaccountnumber bankacct bankacctno corporateaccount 银行账号 银行帐号 银行账户 对公账 对公帐 结算账户 收款账 收款帐 付款账 开户账 汇款账 公司账户 企业账户 单位账户 銀行帳號 基本户",
	})
}
