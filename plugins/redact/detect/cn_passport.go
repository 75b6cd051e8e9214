package detect

// CNPassport is the number of a passport of the PRC: ordinary (E, G), diplomatic, service and public affairs (D, S, P), Hong Kong (K, H) and Macao (M).
var CNPassport = define(Kind{Name: "cn_passport", Family: Identity})

// CNHKMOPermit is the mainland travel permit of residents of Hong Kong and Macao (回乡证).
var CNHKMOPermit = define(Kind{Name: "cn_hkmo_permit", Family: Identity})

// CNTWPermit is the mainland travel permit of residents of Taiwan (台胞证).
var CNTWPermit = define(Kind{Name: "cn_tw_permit", Family: Identity})

// CNEEP is the exit-entry permit for Hong Kong, Macao (往来港澳通行证) and Taiwan.
var CNEEP = define(Kind{Name: "cn_eep", Family: Identity})

func init() {
	add(Detector{
		Type: CNPassport, Source: "any-rule; validator.js isPassportNumber CN", Class: ClassC,
		Shapes: []string{"e99999999", "eA9999999", "g99999999", "d99999999", "s99999999", "p99999999", "de9999999", "se9999999", "pe9999999", "k99999999", "kA9999999", "h99999999", "m99999999", "ma9999999", "149999999", "159999999"},
		Valid:  func(v []byte) bool { return v[1] != 'I' && v[1] != 'O' },
		Words:  "passport passportno passportnum passportnumber passports 护照 護照 证件 證件號",
	}, Detector{
		Type: CNHKMOPermit, Source: "notice of the MPS of 2010-03-10", Class: ClassC,
		Shapes: []string{"h99999999", "m99999999", "h9999999999", "m9999999999", "h99999999(99)", "m99999999(99)"},
		Words:  "homereturnpermit hometownpermit mainlandtravelpermit hkmopermit reentrypermit 回乡证 回鄉證 港澳居民 来往内地 來往內地 港澳同胞 港澳台居民 通行证 通行證",
	}, Detector{
		Type: CNTWPermit, Source: "openmed#1480; notice of the MPS of 2015", Class: ClassC,
		Shapes: []string{"99999999", "9999999999A", "9999999999(A)"},
		Words:  "taiwanpermit twpermit mtp taibaozheng taiwancompatriotpermit mainlandtravelpermit 台胞证 臺胞證 台胞證 台湾居民 臺灣居民 台灣居民 来往大陆 來往大陸",
	}, Detector{
		Type: CNEEP, Source: "cards of the series of 2014 and later (unverified), booklets", Class: ClassC,
		Shapes: []string{"c99999999", "cA9999999", "w99999999", "l99999999", "t99999999"},
		Valid:  func(v []byte) bool { return v[1] != 'I' && v[1] != 'O' },
		Words:  "eep exitentrypermit hkmacaupermit travelpermit 往来港澳 往來港澳 港澳通行 往来台湾 往來台灣 通行证 通行證 签注 台湾通行",
	})
}
