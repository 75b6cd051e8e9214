package detect

// CASIN is the social insurance number of Canada.
var CASIN = define(Kind{Name: "ca_sin", Family: Identity})

func init() {
	add(Detector{
		Type: CASIN, Source: "Service Canada; python-stdnum ca.sin; Presidio CaSinRecognizer", Class: ClassB, Shapes: []string{"999~999~999"},
		Valid: func(v []byte) bool { return v[0] != '0' && v[0] != '8' && luhnText(v, 0) },
		Words: "sin sins sinnumber socialinsurance socialinsurancenumber nas assurancesociale canadian canada 社会保险号 社保号 工卡号 加拿大",
	})
}
