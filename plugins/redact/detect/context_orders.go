package detect

// What orders, invoices, parcels, parts and files are called in further languages: their numbers are no person's.
func init() {
	flag(isAgainst, "teilenummer teilenr seriennummer seriennr fahrgestell fahrgestellnummer chargennummer kundennummer kundennr vorgangsnummer vorgang aktenzeichen belegnummer lieferschein sendungsnummer paketnummer raum zimmer "+
		"référence colis devis folio guía lote expediente referencia seguimiento lotto articolo spedizione protocollo pacco protocolo rastreio "+
		"bestelnummer factuurnummer ordernummer pakket bestelling zending factuur "+
		"ordre ordrenummer ordrenr fakturanr fakturanummer faktura ordernr sändning kollinummer tilaus tilausnumero lasku viite "+
		"zamówienie zamówienia paczka przesyłka faktury objednávka zásilka sipariş fatura kargo takip "+
		"заказ заказа накладная накладной трек артикул договор договора "+
		"طلب الطلب فاتورة الفاتورة شحنة الشحنة "+
		"品番 型番 追跡番号 受注 商品コード 管理番号 상품코드 문서번호 접수번호 ऑर्डर चालान")
}
