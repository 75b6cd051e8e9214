package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// sample makes a random run of a part's alphabet. Samples are made here so that no text in the
// repository looks like a leaked key to the scanners of others.
func sample(r *rand.Rand, p part) string {
	var all []byte
	for c := range 128 {
		if class[c]&p.alphabet != 0 {
			all = append(all, byte(c))
		}
	}
	n := p.min + r.IntN(p.max-p.min+1)
	b := make([]byte, n)
	for {
		for i := range b {
			b[i] = all[r.IntN(len(all))]
		}
		if varied(b) && class[b[0]]&isAlnum != 0 && class[b[n-1]]&isAlnum != 0 {
			return string(b)
		}
	}
}

func (v *vendor) example(r *rand.Rand) string {
	k := v.prefix + sample(r, v.body)
	if v.join != "" {
		k += v.join + sample(r, v.rest)
	}
	return k
}

// frames are places in which a key stands.
var frames = []string{
	"%s", "key %s.", "API密钥：%s，请保密", "密钥是%s吗", `{"api_key":"%s"}`, `"{\"api_key\":\"%s\"}"`, "export KEY=%s\n",
	`Authorization: Bearer %s\n`, `\n%s\n`, "key='%s'", "k=%s&x=1", "`%s`", "(%s)", "&lt;%s&gt;", "%%22%s%%22",
}

func TestVendors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := New(All())
	seen := map[string]bool{}
	for i := range vendors {
		v := &vendors[i]
		if seen[v.name] {
			t.Errorf("two rows are named %q", v.name)
		}
		seen[v.name] = true
		t.Run(v.name, func(t *testing.T) {
			for range 20 {
				k := v.example(r)
				for _, f := range frames {
					text := strings.ReplaceAll(strings.Replace(f, "%s", k, 1), "%%", "%")
					got := s.Scan([]byte(text))
					if len(got) != 1 || got[0].Type != APIKey || text[got[0].Start:got[0].End] != k {
						var found []string
						for _, g := range got {
							found = append(found, g.Type.String()+":"+text[g.Start:g.End])
						}
						t.Fatalf("%q in %q: found %q", k, text, found)
					}
				}
			}
			for _, text := range []string{
				v.prefix + strings.Repeat("x", v.body.min),
				v.prefix + strings.Repeat("0", v.body.min),
				"a" + v.example(r),
				v.prefix + "...",
				v.prefix + "<your key>",
			} {
				for _, g := range s.Scan([]byte(text)) {
					t.Errorf("%q: found %s %q", text, g.Type, text[g.Start:g.End])
				}
			}
		})
	}
}

func TestAPIKey(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	jwt := "eyJ" + sample(r, part{url, 33, 33}) + ".eyJ" + sample(r, part{url, 80, 80}) + "." + sample(r, part{url, 43, 43})
	bot := "123456789:AA" + sample(r, part{url, 33, 33})
	azure := "abC8Q~" + sample(r, part{url, 34, 34})
	openai := "sk-" + sample(r, part{alnum, 20, 20}) + "T3Blbk" + "FJ" + sample(r, part{alnum, 20, 20})
	line := func() string { return sample(r, part{base64 &^ isBase64, 64, 64}) }
	pem := "-----BEGIN PRIVATE KEY-----\n" + line() + "\n" + line() + "\nAb+/9w==\n-----END PRIVATE KEY-----"
	old := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n" + line() + "\n" + line() + "\n-----END RSA PRIVATE KEY-----"
	escaped := strings.ReplaceAll(pem, "\n", `\n`)
	cut := "-----BEGIN OPENSSH PRIVATE KEY-----\n" + line() + "\n" + line()
	check(t, APIKey, []finding{
		{"jwt", "Authorization: Bearer " + jwt, one("jwt:" + jwt)},
		{"jwt zh", "令牌：" + jwt + "。", one("jwt:" + jwt)},
		{"telegram", "token=" + bot, one(bot)},
		{"telegram url", "https://api.telegram.org/bot" + bot + "/getMe", one(bot)},
		{"azure", "secret: " + azure + ";", one(azure)},
		{"openai old", "sk " + openai, one(openai)},
		{"pem", "key:\n" + pem + "\nend", one("private_key:" + pem)},
		{"pem encrypted", old, one("private_key:" + old)},
		{"pem escaped", `{"private_key":"` + escaped + `\n"}`, one("private_key:" + escaped)},
		{"pem cut", cut + "\nis what I have", one("private_key:" + cut)},
		{"behind a name", "OPENAI_" + openai, one(openai)},

		{"certificate", "-----BEGIN CERTIFICATE-----\n" + line() + "\n-----END CERTIFICATE-----", nil},
		{"public key", "-----BEGIN PUBLIC KEY-----\n" + line() + "\n-----END PUBLIC KEY-----", nil},
		{"samples", "sk-your-key-goes-here-and-nowhere-else sk-proj-your-project-key-goes-here-thank-you-very-much", nil},
		{"inside a word", "risk-management task-0123456789abcdef0123456789abcdef disk-usage", nil},
		{"hashes", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 d41d8cd98f00b204e9800998ecf8427e", nil},
		{"integrity", "sha512-" + sample(r, part{base64 &^ isBase64, 86, 86}) + "==", nil},
		{"uuid", "550e8400-e29b-41d4-a716-446655440000", nil},
		{"identifiers", "github_pat_token npm_config_registry hf_hub_download_with_retries_and_progress getElementsByClassName", nil},
		{"css", "sk-fading-circle12-animation-delay-long-name", nil},
		{"code", "secret: true\nCSRF_TOKEN_NAME = 'x'\nif password == other_password:", nil},
		{"stars", "sk-proj-****************************************", nil},
	})
}
