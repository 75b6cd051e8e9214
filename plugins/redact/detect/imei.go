package detect

// IMEI is the number of a mobile device, 3GPP TS 23.003.
var IMEI = define(Kind{Name: "imei", Family: Network})

func init() {
	add(Detector{
		Type: IMEI, Source: "3GPP TS 23.003; python-stdnum imei", Class: ClassB, Shapes: []string{"999999999999999", "99~999999~999999~9", "999999~99~999999~9"},
		Valid: func(v []byte) bool { return luhnText(v, 0) && number2(v, 0) > 0 },
		Words: "imei imeis imeinumber imeino meid 串号 设备识别 国际移动 手机序列",
	})
}
