package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// pieces are what the detectors of words, names and addresses look for and behind; put together at random they cut into each other.
var pieces = []string{
	"姓名", "：", "张三", "王小明", "欧阳", "我叫", "我是", "联系人", "甲方", "name", "\"name\":\"", "realName", "\"", ",", "，", "、", "\n", "\t", "|", ";", " ", "是", "的", "（", "）", "·",
	"北京市", "广东", "朝阳区", "自治州", "州", "区", "路", "街道", "大厦", "小区", "12", "8号", "号", "3栋", "室", "单元", "之", "三", "十九", "-", "A座", "２", "和", "内蒙古自治区呼和浩特",
	"京A", "粤B", "12345", "D", "港", "微信", "QQ", "wechat", "WeChat", "：zhang_88", "10001",
	"Street", "12 Main Street", "Springfield, IL ", "62704", " Berlin", "10115", "Hauptstraße 12", "rue", "12 rue de la Paix, ", "Calle Mayor 3", "address", "Adresse: ", "SW1A 2AA",
	"身份证", "110105", "19491231", "002X", "11010519491231002X", "1101 0519 4912 3100 2X", "E12345678", "护照", "A123456(3)", "contrase", "ña", "mot de passe", ": ", "Xk9#mQ2v",
	"\xe5", "\xbc\xa0", "\xef\xbc", "\\n", "\\\"", "{", "}", "é", "ß", "0571", "/", "88888888",
}

// TestPieces: whatever stands beside what, spans lie in order on the boundaries of characters.
func TestPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := New(All())
	var b strings.Builder
	for range 20000 {
		b.Reset()
		for range 1 + r.IntN(14) {
			p := pieces[r.IntN(len(pieces))]
			if r.IntN(20) == 0 {
				p = p[r.IntN(len(p)):]
			}
			b.WriteString(p)
		}
		text := b.String()
		end := 0
		for _, sp := range s.Scan([]byte(text)) {
			if sp.Start < end || sp.End <= sp.Start || sp.End > len(text) {
				t.Fatalf("%q: span %d to %d behind %d", text, sp.Start, sp.End, end)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[sp.Start:sp.End]) {
				t.Fatalf("%q: span %q cuts a character", text, text[sp.Start:sp.End])
			}
			end = sp.End
		}
	}
}
