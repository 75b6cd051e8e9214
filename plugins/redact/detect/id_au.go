package detect

// Numbers of Australia.
var (
	AUTFN      = define(Kind{Name: "au_tfn", Family: Identity})    // tax file number
	AUABN      = define(Kind{Name: "au_abn", Family: Identity})    // Australian business number
	AUACN      = define(Kind{Name: "au_acn", Family: Identity})    // Australian company number
	AUMedicare = define(Kind{Name: "au_medicare", Family: Health}) // Medicare card
)

func init() {
	add(
		Detector{Type: AUTFN, Source: "ATO; python-stdnum au.tfn", Class: ClassB, Shapes: []string{"999~999~999"}, Valid: func(v []byte) bool { return weigh(v, "14375869:")%11 == 0 && !alike(v) },
			Words: "tfn taxfile taxfilenumber tfnnumber 税务档案 税务档案号 澳大利亚税"},
		Detector{Type: AUABN, Source: "ABR; python-stdnum au.abn", Class: ClassB, Grouped: Likely, Shapes: []string{"99~999~999~999"}, Valid: validABN,
			Words: "abn abnnumber businessnumber australianbusiness australianbusinessnumber gst 商业号码 商业编号 澳大利亚商 企业号"},
		Detector{Type: AUACN, Source: "ASIC; python-stdnum au.acn", Class: ClassB, Shapes: []string{"999~999~999"}, Valid: func(v []byte) bool { return weigh(v, "876543211")%10 == 0 && !alike(v) },
			Words: "acn acnnumber companynumber australiancompany australiancompanynumber asic 公司号码 公司编号 公司注册"},
		Detector{Type: AUMedicare, Source: "Services Australia; Presidio AuMedicareRecognizer", Class: ClassB, Shapes: []string{"9999~99999~9", "9999~99999~9~9", "9999~99999~9/9"}, Valid: validMedicare,
			Words: "medicare medicarenumber medicarecard irn 医保卡 医保号 澳大利亚医保 医疗保险"},
	)
}

func validABN(v []byte) bool {
	return v[0] != '0' && (weigh(v, ":13579;=?AC")+89-10)%89 == 0 // one is taken from the first digit, of weight ten
}

func validMedicare(v []byte) bool {
	return v[0] >= '2' && v[0] <= '6' && weigh(v, "13791379")%10 == int(v[8]-'0')
}
