package detect

// German and Austrian numbers have a slash behind the area code: 030/1234567.
func init() {
	add(Detector{
		Type: Phone, Source: "DIN 5008 until 2001", Class: ClassC,
		Shapes: []string{
			"099/99999", "099/999999", "099/9999999", "099/99999999", "099/999 99 99", "099/9999 9999",
			"0999/99999", "0999/999999", "0999/9999999", "0999/99999999", "0999/999 99 99",
			"09999/9999", "09999/99999", "09999/999999",
		},
		Words: "telefon tel handy mobil fon phone fax rufnummer telefonnummer handynummer mobilnummer anrufen erreichbar anruf durchwahl ruf",
	})
}
