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
	flag(isAgainst, "article item items lot model part partno partnumber policy policyno meter meterreading reading customernumber customerno clientno productcode errorcode barcode views population quantity qty stock weight coupon voucher claim "+
		"reservation booking confirmation pnr flight asset inventory warehouse bin shelf drawing revision patent docket filing page pages volume formula equation result results answer checksum crc epoch height chunk activationcode assettag room rank rows cells samples frames steps stationcode plot seal container locker votes revenue budget attendance downloads followers employeeno employeenumber studentid studentno memberno promocode giftcard purchaseorder po quote accountnumber accountno serialno vin zip zipcode postcode postal "+
		"versión versione versie wersja версия версии sürüm verze verzió versão バージョン 버전 الإصدار kernel netmask "+
		"cuenta konto kontonummer compte conto conta rekening "+
		"artikelnr vertragsnummer vertragsnr zählernummer zählerstand policennummer versicherungsschein mitgliedsnummer buchungsnummer bestellnr lieferscheinnummer auftragsnr losnummer "+
		"dossier suivi livraison matricule matricola matrícula serijny seryjny katalogowy серийный табельный код товара nclient numéroclient contrat lotno devis bonde albarán presupuesto contrato póliza pratica polizza preventivo notafiscal notafiscalno apólice orçamento nfe "+
		"klantnummer polisnummer klantnr kenmerk offerte przesyłki umowy polisy umowa klienta ärendenummer kundnummer kundnr sakskennung sagsnummer kundenr kundenummer avtalsnummer asiakasnumero tilausnro "+
		"comandă comanda contractului objednávky smlouvy rendelés rendelésszám rendelési számla narudžbe παραγγελίας τιμολογίου замовлення накладної договору счёт счета счет полис "+
		"müşterino dosya poliçe pesanan resi faktur đơnhàng mãđơn hóađơn vậnđơn العقد الموظف التسلسلي הזמנה חשבונית المعاملة البوليصة التتبع "+
		"合わせ番号 製造番号 管理コード 契約番号 会員番号 顧客番号 証券番号 整理番号 受付番号 고객번호 계약번호 증권번호 운송장 계좌번호 제품번호 사원번호 สั่งซื้อ พัสดุ ใบแจ้งหนี้ ऑर्डर बिल")
	flag(isGlue, "nummer número numéro numero numer номер رقم מספר td th dt dd span strong") // tags stand between a name and its value
}
