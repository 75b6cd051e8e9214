package detect

import (
	"strings"
	"testing"
)

// corpora are 64 KiB of ordinary prompts.
var corpora = []struct{ name, text string }{
	{"english", fill(`The committee met on Tuesday to discuss the proposal for a new library building. Although most members agreed that the present one, built in 1974, is too small, several raised concerns about the cost. "We have to understand what the residents want," said the chair; a survey of 1,200 households is planned. Please summarise the discussion in three paragraphs, with the main arguments and the open questions.` + "\n\n")},
	{"chinese", fill(`委员会周二开会讨论了新图书馆的建设方案。多数成员认为，建于1974年的旧馆面积太小，但也有人对费用表示担忧。主席说：“我们必须了解居民的需求。”他们计划对1200户家庭进行调查。请把讨论内容概括成三段，包括主要观点和尚未解决的问题，并给出你的建议。` + "\n\n")},
	{"json", fill(`{"id": 48213, "name": "widget", "tags": ["red", "small"], "price": 19.95, "dimensions": {"width": 12, "height": 7.5}, "created_at": "2024-05-06T07:08:09Z", "warehouse": {"city": "Leeds", "stock": 1043}, "sha": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},` + "\n")},
	{"code", fill("func (s *Server) handleRequest(w http.ResponseWriter, r *http.Request) error {\n\tctx, cancel := context.WithTimeout(r.Context(), 30*time.Second)\n\tdefer cancel()\n\tfor i := 0; i < len(s.backends); i++ {\n\t\tif err := s.backends[i].try(ctx, w, r); err == nil {\n\t\t\treturn nil // served by backend i\n\t\t}\n\t}\n\treturn errNoBackend\n}\n\n")},
	{"log", fill("2024-05-06T07:08:09.123Z INFO  [worker-12] request_id=7f3c9a10 path=/api/v2/items/48213 status=200 bytes=5120 duration=12.7ms remote=10.0.3.17:52114\n")},
	{"entities", fill("Contact Jane Doe (jane.doe@example.com, +1 415-555-2671) or 张三 (手机13812345678，身份证11010519491231002X), card 4111 1111 1111 1111, about the invoice of last week. ")},
}

func fill(s string) string { return strings.Repeat(s, 64<<10/len(s)+1)[:64<<10] }

// worst are inputs made to be slow: long rows of what the scan stops at.
var worst = []struct{ name, unit string }{
	{"digits", "7"}, {"wide digits", "７"}, {"digit groups", "4111 "}, {"ones", "1-"}, {"plus", "+1"}, {"mobile", "13812345678"}, {"mobiles", "13812345678 "},
	{"ids", "110105194912310020 "}, {"cards", "4111111111111112 "}, {"decimals", "0.1"}, {"at", "@"}, {"at pairs", "a@"}, {"at dots", "a@b."}, {"addresses", "a@b.co,"}, {"local", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@"},
	{"domain", "@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."}, {"percent at", "a%40"}, {"escaped at", "a\\u0040"}, {"net use", "net use /user: a "}, {"net use tabs", "net use \t/user:\x00a "}, {"password from", "password from a1 to "}, {"password sentences", "password for "}, {"logins", "请用登录"}, {"codes", "your code "}, {"answers", "安全问题"}, {"passphrases", "passphrase is one two "}, {"replies", "password?\n"}, {"keys in DER", "MIIEpAIBAAKCAQEAabcdefgh "}, {"files of passwords", "a.b:5432:c:d:"}, {"commands piped", "echo a|sudo -S "}, {"groups", "setup key: ABCD "}, {"backup codes", "backup codes: 1234 "}, {"networks", "WIFI:T;"}, {"auths", "auth: YWJj "}, {"tries", "密码试了和"}, {"usual users", "admin / a"}, {"combinations", "combination 1-2-"}, {"key pairs", "AKIAQWERTYUIOPASDFGH "}, {"password block", "password\" { default = "}, {"less", "<"}, {"base64", "TWFuIGlzIGRpc3Rpbmd1aXNoZWQ+9/"}, {"base64url", "TWFuIGlz-GRpc3Rpbm_"},
	{"begin", "-----BEGIN PRIVATE KEY-----\n"}, {"begin runs", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n"}, {"pem lines", "MIIEvQIBADANBgkqhkiG\n\n"}, {"dashes", "-"}, {"prefixes", "sk-"}, {"long prefixes", "sk-proj-"}, {"hyphened", "xoxb-1234567890-"},
	{"jwt", "eyJ"}, {"jwt parts", "eyJhbGciOiJIUzI1NiJ9."}, {"words", "getElementsByClassName "}, {"dotted", "dp.pt.aaaaaaaaaaaaaaaaaaa."}, {"slashes", "aaaaaaaaaaaaaaaaa/"}, {"bytes EF", "\xef"}, {"full-width comma", "，"}, {"backslashes", `\`}, {"escapes", `\n1`}, {"unicode escapes", `\u0031`}, {"percents", "%20"}, {"zero width", "1\u200b"},
	{"chains", "路1号"}, {"long chains", "北京市朝阳区建国路街道小区花园大厦广场1号"}, {"rooms", "1室"},
	{"name tables", "姓名,name\n"}, {"names", "姓名"}, {"name cells", "姓名,"}, {"name keys", "name: 王"}, {"plates", "京A1"}, {"accounts", "微信qq:"},
	{"commands", "curl "}, {"mysql", "mysql -h "}, {"manifests", " kind: Secret\n"}, {"data", "kind: Secret\ndata:\n a: YWJjZA==\n"}, {"lists", "uid=a;pwd=b;"}, {"spaced lists", "user=a password=b "},
	{"parameters", "pwd=a&a=b&"}, {"hashes", ":$6$"}, {"users", "http://a@"}, {"keyed", "password: x1!"}, {"putty", "PuTTY-User-Key-File-"}, {"drivers", "a:b@tcp("},
	{"password cells", "password,"}, {"password tables", "user,password\n"}, {"cookies", "Cookie: a="}, {"cookie pairs", "cookie: sid=1;"}, {"calls", `login("a","b",`}, {"inserts", "insert into t (a,b) values (1,'2'),"}, {"insert columns", "insert into t (name,"}, {"tuples", "insert into t (password,ssn) values ('a','1'),(2,3);"}, {"questions", "phone?\n1"},
	{"accounts of banks", "银行账号1"}, {"names beside", "13812345678张三"}, {"titles", "王小明先生"}, {"spoken", "一三八"}, {"spaced slashes", "tel 089 / "}, {"pairs", "612 34 56 78 "},
	{"message ids", "Message-ID: <a@b.co> "}, {"colons", "123456789:AAaaaaaaaaaaaaaaaaaa"}, {"tildes", "aaa8Q~aaaaaaaaaaaaaaaaa"},
	{"rows", "48213,user.48213@example.com,13848213004\n"}, {"columns", "phone,13800138000,"}, {"members", `"phone": "13812345678", `}, {"lines", "Tel. +49 30 901820\n"},
	{"rows of JSON", `"columns":["a","b"],"rows":[["1","2"]],`}, {"open rows", `"rows":[[`}, {"columns behind rows", `"rows":[[]],"columns":["dob",`}, {"headings", "<th>"}, {"tables of HTML", "<th>dob</tr><td>1</table>"}, {"dumps", "COPY a (b) FROM stdin;\n1\n\\.\n"},
	{"dumped columns", "copy a (b,"}, {"months", "12 march "}, {"births", "born 12 March "}, {"coordinates", "12.3456, 45.6789 at "}, {"Arabic digits", "٠"}, {"Hindi digits", "०"}, {"values", `"a":"b","value":"1",`},
	{"wide numbers", "１３８１２３４５６７８ "}, {"base58", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 "}, {"chats", "张三：13812345678，"}, {"semicolons", "a;b;c\n"}, {"empty users", "https://@host/x "}, {"prose", "我叫王小明，"},
	{"name lists", "股东：王小明（一）、"}, {"mentions", "@王小明 "}, {"stamps", "王小明 09:15\n"}, {"births in figures", "一九八五年三月生于"}, {"signatures", "谢谢\n"}, {"sexes", "王小明 女 "}, {"names alone", "13812345678，王小明；张伟；"},
}

func worstTexts() (texts []struct{ name, text string }) {
	for _, w := range worst {
		texts = append(texts, struct{ name, text string }{w.name, fill(w.unit)})
	}
	return texts
}

func BenchmarkScan(b *testing.B) {
	for _, c := range corpora {
		text := []byte(c.text)
		b.Run(c.name, func(b *testing.B) {
			s := New(All())
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s.Scan(text)
			}
		})
	}
}

func BenchmarkWorst(b *testing.B) {
	for _, c := range worstTexts() {
		text := []byte(c.text)
		b.Run(c.name, func(b *testing.B) {
			s := New(All())
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Scan(text)
			}
		})
	}
}
