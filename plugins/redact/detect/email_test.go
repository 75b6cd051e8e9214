package detect

import (
	"strings"
	"testing"
)

func TestEmail(t *testing.T) {
	check(t, Email, []finding{
		{"plain", "write to jane.doe@example.com please", one("jane.doe@example.com")},
		{"end of sentence", "Mail bob@corp.example.org.", one("bob@corp.example.org")},
		{"tag", "me+lists@gmail.com,you@x.io", []string{"me+lists@gmail.com", "you@x.io"}},
		{"chinese around", "请发到zhang.san@example.cn，谢谢", one("zhang.san@example.cn")},
		{"chinese glued after", "邮箱li@qq.com联系我", one("li@qq.com")},
		{"digits", "13800138000@163.com", one("13800138000@163.com")},
		{"json", `{"email":"a_b@c-d.co.uk","n":1}`, one("a_b@c-d.co.uk")},
		{"json in json", `"{\"to\":\"x@y.dev\"}"`, one("x@y.dev")},
		{"escaped line feed", `to:\nanna@example.com\ncc:`, one("anna@example.com")},
		{"escaped bracket", `\u003cpeter@example.com\u003e`, one("peter@example.com")},
		{"html entity", "&lt;peter@example.com&gt;", one("peter@example.com")},
		{"percent", "https://x.test/?u=tom%40example.com&n=1", one("tom%40example.com")},
		{"percent quote", "q=%22tom@example.com%22", one("tom@example.com")},
		{"full-width at", "ｘ：tom＠example.com", one("tom＠example.com")},
		{"mailto", "<a href='mailto:tom@example.com'>", one("tom@example.com")},
		{"apostrophe", "from o'brien@example.ie", one("o'brien@example.ie")},
		{"quoted", "user='tom@example.com'", one("tom@example.com")},
		{"umlaut", "an jörg.müller@beispiel.de", one("jörg.müller@beispiel.de")},
		{"idn", "post@bücher.example", one("post@bücher.example")},
		{"punycode", "a@xn--bcher-kva.xn--p1ai", one("a@xn--bcher-kva.xn--p1ai")},
		{"markdown", "**tom@example.com**", one("tom@example.com")},
		{"csv", "1,tom@example.com,2\n2,ann@example.com,3", []string{"tom@example.com", "ann@example.com"}},
		{"trailer", "Co-authored-by: A B <a.b@users.noreply.github.com>", one("a.b@users.noreply.github.com")},
		{"python", `send(to="tom@example.com")`, one("tom@example.com")},
		{"long local", strings.Repeat("a", 64) + "@example.com", one(strings.Repeat("a", 64) + "@example.com")},

		{"git remote", "git clone git@github.com:org/repo.git", nil},
		{"masked", "邮箱：xxx@xxx.com, XXXX@qq.com", nil},
		{"npm scope", "npm i @scope/pkg@1.2.3", nil},
		{"npm prerelease", "pkg@1.2.3-beta.rc lodash@v4.17.x", nil},
		{"latest", "npm i foo@latest", nil},
		{"host", "ssh user@10.0.0.1 user@host", nil},
		{"decorator", "@app.route('/x')\n@property", nil},
		{"retina image", "icon@2x.png logo@3x.webp", nil},
		{"systemd", "systemctl start user@1000.service", nil},
		{"matrix", "y = a@b.transpose()", nil},
		{"message id", "Message-ID: <CAF.123@mail.example.com>", nil},
		{"only at", "@ @@ a@ @b.com a@b a@.com a@b.c", nil},
		{"docker digest", "alpine@sha256:0123456789abcdef", nil},
		{"mention", "thanks @torvalds.linux!", nil},
		{"dots", "a.@b.com", nil},
	})
}
