package redact_test

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// tag is what placeholders of one type differ in.
var tag = regexp.MustCompile(`_[2-9A-HJ-NP-Z]{4,24}>`)

// shape is a text with placeholders that only name their type.
func shape(s string) string { return tag.ReplaceAllString(s, ">") }

// known are names that a recogniser finds wherever they stand.
var known = map[string]string{
	"Jörg Müller": "PERSON", "Bonn": "LOCATION", "Ann Lee": "PER", "Acme Corp": "ORG", "王小明": "PERSON", "上海": "GPE", "李雷": "PERSON",
	"German": "NRP", "Tuesday": "DATE_TIME", "Excalibur": "WEAPON", "Main Street": "LOC",
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Please call Ann Lee of Acme Corp on Tuesday.", "Please call <PERSON> of <ORGANIZATION> on <DATE>."},
		{"Jörg Müller wohnt in Bonn.", "<PERSON> wohnt in <LOCATION>."},
		{"请把合同寄给王小明，他住在上海。", "请把合同寄给<PERSON>，他住在<LOCATION>。"},
		{"😀 Ann Lee 😀 writes to ann@example.com", "😀 <PERSON> 😀 writes to <EMAIL>"},
		{"a German sword, Excalibur", "a <AFFILIATION> sword, <ENTITY>"},
		{"nobody is here", "nobody is here"},
		{"姓名：王小明，再说一次，王小明", "姓名：<PERSON>，再说一次，<PERSON>"},
	} {
		p := longmentest.New(t, config, longmentest.Recogniser(longmentest.Words(known)))
		got := edit(t, p.Exchange, c.text)[0]
		if shape(got) != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		if back := p.Text(longmen.PhaseAnswer, longmentest.Assistant(got)).Text[0]; back != c.text {
			t.Errorf("%q came back as %q", c.text, back)
		}
		if back := p.Chop(got); back != c.text {
			t.Errorf("%q came back in pieces as %q", c.text, back)
		}
	}
}

// TestOneChineseName: who finds a name makes no other person of it, and counts as what it was found as.
func TestOneChineseName(t *testing.T) {
	p := longmentest.New(t, config, longmentest.Recogniser(func(text, _ string) ([]longmen.Entity, error) {
		if i := strings.Index(text, "李雷来了"); i >= 0 {
			return []longmen.Entity{{Start: i, End: i + len("李雷"), Type: "PERSON", Score: 1}}, nil
		}
		return nil, nil
	}))
	got := edit(t, p.Exchange, "联系人：李雷。", "李雷来了")
	names := regexp.MustCompile(`<PERSON_\w+>`).FindAllString(strings.Join(got, ""), -1)
	if len(names) != 2 || names[0] != names[1] {
		t.Errorf("got %q", got)
	}
	want := map[string]any{"pii.cn_name": int64(1), "pii.person": int64(1), "pii.total": int64(2), "ner.unsearched": int64(0)}
	if d := cmp.Diff(want, p.Attributes); d != "" {
		t.Errorf("attributes (-want +got):\n%s", d)
	}
}

// TestOverlaps: spans are written as start word, end word and label; what stands around names is left alone.
func TestOverlaps(t *testing.T) {
	for _, c := range []struct {
		name, config, text string
		spans              []string // text and label
		want               string
	}{
		{"around a detector's", config, "Ann Lee <ann@example.com> Smith", []string{"Ann Lee <ann@example.com> Smith", "PERSON"}, "<PERSON> <<EMAIL>> <PERSON>"},
		{"within a detector's", config, "mail ann@example.com", []string{"ann", "PERSON"}, "mail <EMAIL>"},
		{"beside a detector's", config, "Ann:ann@example.com", []string{"Ann:", "PERSON"}, "<PERSON>:<EMAIL>"},
		{"the same", config, "mail ann@example.com", []string{"ann@example.com", "EMAIL_ADDRESS"}, "mail <EMAIL>"},
		{"what detectors leave", config, "ext. 12-34", []string{"12-34", "PHONE_NUMBER"}, "ext. <PHONE>"},
		{"into a detector's", config, "Ann ann@example.com", []string{"Ann ann", "PERSON"}, "<PERSON> <EMAIL>"},
		{"out of a detector's", config, "ann@example.com Lee", []string{"com Lee", "PERSON"}, "<EMAIL> <PERSON>"},
		{"over two", config, "a@example.com or b@example.com or c", []string{"a@example.com or b@example.com or c", "ORG"}, "<EMAIL> <ORGANIZATION> <EMAIL> <ORGANIZATION>"},
		{"within a secret", config, "url https://ann:Winter24xy@example.com/", []string{"ann:Winter24xy", "PERSON"}, "url https://<URL_CREDENTIALS>@example.com/"},
		{"a secret around", config, "key (a@example.com)", []string{"(a@example.com)", "SECRET"}, "key <PASSWORD>"},
		{"longer", config, "University of Bonn", []string{"Bonn", "LOC", "University of Bonn", "ORG"}, "<ORGANIZATION>"},
		{"surer", config, "see Bonn", []string{"Bonn", "PER@0.6", "Bonn", "LOC@0.9"}, "see <LOCATION>"},
		{"in part", config, "Anna Maria Schmidt", []string{"Anna Maria", "PER", "Maria Schmidt", "ORG"}, "<PERSON> <ORGANIZATION>"},
		{"in part, the same type", config, "Anna Maria Schmidt", []string{"Anna Maria", "PER", "Maria Schmidt", "PER"}, "<PERSON>"},
		{"grows a name", config, "联系人：李雷·史密斯。", []string{"李雷·史密斯", "PERSON"}, "联系人：<PERSON>。"},
		{"grows up to another", config, "born 1990-01-02 a@example.com", []string{"1990-01-02 a@example.com", "DATE"}, "born <DATE_OF_BIRTH><EMAIL>"},
		{"marks around", config, `say "Ann Lee", she`, []string{`"Ann Lee",`, "PER"}, `say "<PERSON>", she`},
		{"marks around, Chinese", config, "是「王小明」。", []string{"「王小明」。", "PER"}, "是「<PERSON>」。"},
		{"marks alone", config, `so "," then`, []string{`","`, "PER"}, `so "," then`},
		{"a client's placeholder", config, "ask <PERSON_2345> now", []string{"PERSON_2345", "ORG"}, "ask <PERSON> now"},
		{"only counted by a detector", `{"modes":{"email":"detect"},"key":"a key for tests only"}`, "Ann ann@example.com", []string{"Ann ann@example.com", "PERSON"}, "<PERSON>"},
		{"only counted by name", `{"modes":{"person":"detect"},"key":"a key for tests only"}`, "Ann ann@example.com", []string{"Ann ann@example.com", "PERSON"}, "Ann <EMAIL>"},
		{"left alone", `{"ner":{"ignore":["S3","Blue Héron"]}}`, "s3, blue Héron and S3 Bonn", []string{"s3,", "LOC", "blue Héron", "PER", "S3 Bonn", "LOC"}, "s3, blue Héron and <LOCATION>"},
		{"not looked for", `{"except":["location","email"],"key":"a key for tests only"}`, "Bonn ann@example.com", []string{"Bonn", "LOC", "ann@example.com", "EMAIL_ADDRESS"}, "Bonn ann@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := longmentest.New(t, c.config, longmentest.Recogniser(func(text, _ string) (found []longmen.Entity, err error) {
				for i := 0; i < len(c.spans); i += 2 {
					start := strings.Index(text, c.spans[i])
					label, score, scored := strings.Cut(c.spans[i+1], "@")
					e := longmen.Entity{Start: start, End: start + len(c.spans[i]), Type: label, Score: 1}
					if scored {
						e.Score = map[string]float64{"0.6": 0.6, "0.9": 0.9}[score]
					}
					found = append(found, e)
				}
				return found, nil
			}))
			got := edit(t, p.Exchange, c.text)[0]
			if shape(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if back := p.Chop(got); back != c.text {
				t.Errorf("came back as %q", back)
			}
		})
	}
}

// TestMergeIsSound: whatever the spans, nothing of a name goes out, edits do not meet, and the answer has the client's words.
func TestMergeIsSound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	labels := []string{"PERSON", "LOC", "DATE", "SECRET", "EMAIL_ADDRESS", "CN_NAME", "ADDRESS", "?"}
	pieces := []string{"ann@example.com", "联系人：李雷", "13912345678", "born 1990-01-02", "12 Main Street, Springfield, IL 62704", "\n", "password: Winter2024!x", "<PERSON_2345>"}
	for round := range 400 {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			if r.IntN(2) == 0 {
				b.WriteString(pieces[r.IntN(len(pieces))])
			} else {
				for range 1 + r.IntN(3) {
					b.WriteString(string(rune('Ā' + r.IntN(128))))
				}
			}
			b.WriteByte(' ')
		}
		text := b.String()
		bounds := []int{}
		for i := range text {
			bounds = append(bounds, i)
		}
		bounds = append(bounds, len(text))
		var spans []longmen.Entity
		for range r.IntN(6) {
			i := r.IntN(len(bounds) - 1)
			j := i + 1 + r.IntN(min(12, len(bounds)-1-i))
			spans = append(spans, longmen.Entity{Start: bounds[i], End: bounds[j], Type: labels[r.IntN(len(labels))], Score: r.Float64()})
		}
		slices.SortStableFunc(spans, func(a, b longmen.Entity) int { return a.Start - b.Start })
		setup, counted := config, ""
		if round%3 == 0 {
			setup, counted = `{"modes":{"email":"detect","location":"detect","cn_name":"detect","date_of_birth":"detect"},"key":"a key for tests only"}`, "LOC EMAIL_ADDRESS CN_NAME"
		}
		p := longmentest.New(t, setup, longmentest.Recogniser(func(string, string) ([]longmen.Entity, error) { return spans, nil }))
		got := edit(t, p.Exchange, text)[0]
		for _, s := range spans {
			if strings.Contains(counted, s.Type) {
				continue
			}
			for _, c := range text[s.Start:s.End] {
				if c >= 'Ā' && c < 'Ā'+128 && strings.Count(text, string(c)) == 1 && strings.ContainsRune(got, c) {
					t.Fatalf("round %d: %q with %+v went out as %q", round, text, spans, got)
				}
			}
		}
		if back := p.Chop(got); back != text {
			t.Fatalf("round %d: %q with %+v went out as %q and came back as %q", round, text, spans, got, back)
		}
	}
}

// TestCountedOnly: nothing is counted twice that is found twice, and nothing is replaced.
func TestCountedOnly(t *testing.T) {
	const text = "Ann Lee <ann@example.com>, 姓名：李雷, born 1990-01-02 in Bonn"
	find := longmentest.Words(map[string]string{"Ann Lee <ann@example.com>": "PERSON", "李雷": "PERSON", "1990-01-02": "DATE_TIME", "Bonn": "LOC"})
	p := longmentest.New(t, `{"mode":"detect"}`, longmentest.Recogniser(func(text, lang string) ([]longmen.Entity, error) {
		found, err := find(text, lang)
		at := strings.Index(text, "ann@")
		return append(found[:1:1], append([]longmen.Entity{{Start: at, End: at + len("ann@example.com"), Type: "EMAIL_ADDRESS", Score: 1}}, found[1:]...)...), err
	}))
	if got := edit(t, p.Exchange, text)[0]; got != text {
		t.Errorf("got %q", got)
	}
	want := map[string]any{"pii.person": int64(1), "pii.email": int64(1), "pii.cn_name": int64(1), "pii.date_of_birth": int64(1), "pii.location": int64(1), "pii.total": int64(5), "ner.unsearched": int64(0)}
	if d := cmp.Diff(want, p.Attributes); d != "" {
		t.Errorf("attributes (-want +got):\n%s", d)
	}
}

func TestLabels(t *testing.T) {
	const text = "Excalibur"
	for label, want := range map[string]string{
		"PERSON": "person", "PER": "person", "B-PER": "person", "I-LOC": "location", "private_person": "person", "person": "person", "GPE": "location", "LOC": "location", "FAC": "location",
		"ORG": "organization", "ORGANIZATION": "organization", "NRP": "affiliation", "NORP": "affiliation", "DATE_TIME": "date", "private_date": "date", "private_address": "address",
		"private_email": "email", "phone number": "phone", "private_phone": "phone", "CREDIT_CARD": "payment_card", "IBAN_CODE": "iban", "US_SSN": "us_ssn", "UK_NHS": "uk_nhs", "secret": "password",
		"WEAPON": "entity", "MISC": "entity", "": "entity", "account_number": "entity", "Title": "organization",
	} {
		p := longmentest.New(t, `{"ner":{"types":{"TITLE":"organization","URL":"off"}}}`, longmentest.Recogniser(longmentest.Words(map[string]string{text: label})))
		edit(t, p.Exchange, "the sword "+text)
		if p.Attributes["pii."+want] != int64(1) || p.Attributes["pii.total"] != int64(1) {
			t.Errorf("%s: got %v, want %s", label, p.Attributes, want)
		}
	}
	p := longmentest.New(t, `{"ner":{"types":{"weapon":"arm","Url":"off"}},"custom":{"arm":{"words":["lance"],"test":["lance"],"test_not":["arm"]}}}`,
		longmentest.Recogniser(longmentest.Words(map[string]string{text: "WEAPON", "Bonn": "URL"})))
	if got := edit(t, p.Exchange, "Excalibur, lance, Bonn")[0]; shape(got) != "<ARM>, <ARM>, Bonn" {
		t.Errorf("got %q", got)
	}
}

func TestScores(t *testing.T) {
	found := func(string, string) ([]longmen.Entity, error) {
		return []longmen.Entity{{Start: 0, End: 3, Type: "PERSON", Score: 0.6}, {Start: 4, End: 8, Type: "LOC", Score: 0.6}}, nil
	}
	for config, want := range map[string]string{
		`{}`:                                   "<PERSON> <LOCATION>",
		`{"ner":{"min_score":0.5}}`:            "<PERSON> <LOCATION>",
		`{"ner":{"min_score":0.7}}`:            "Ann Bonn",
		`{"ner":{"min_score":{"person":0.7}}}`: "Ann <LOCATION>",
	} {
		p := longmentest.New(t, config, longmentest.Recogniser(found))
		if got := edit(t, p.Exchange, "Ann Bonn")[0]; shape(got) != want {
			t.Errorf("%s: got %q, want %q", config, got, want)
		}
	}
}

// TestNobodyLooked: a recogniser that fails, or says what cannot be, refuses the request or is told of.
func TestNobodyLooked(t *testing.T) {
	span := func(start, end int) longmentest.Recognise {
		return func(string, string) ([]longmen.Entity, error) {
			return []longmen.Entity{{Start: 0, End: 3, Type: "PERSON", Score: 1}, {Start: start, End: end, Type: "PERSON", Score: 1}}, nil
		}
	}
	const text = "Ann Jörg, ann@example.com"
	for name, c := range map[string]struct {
		r    longmentest.Recognise
		text string
		code string
	}{
		"down":             {func(string, string) ([]longmen.Entity, error) { return nil, errors.New("down") }, text, "ner_unavailable"},
		"out of time":      {func(string, string) ([]longmen.Entity, error) { return nil, longmentest.ErrBudget }, text, "ner_unavailable"},
		"behind the end":   {span(4, 99), text, "ner_unavailable"},
		"before the start": {span(-1, 2), text, "ner_unavailable"},
		"backwards":        {span(5, 4), text, "ner_unavailable"},
		"empty":            {span(4, 4), text, "ner_unavailable"},
		"inside UTF-8":     {span(4, 6), text, "ner_unavailable"},
		"too long":         {span(0, 1), text + strings.Repeat(" word", 2<<20), "ner_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			r := longmentest.New(t, config, longmentest.Recogniser(c.r)).Text(longmen.PhaseRequest, longmentest.User(c.text))
			if r.Rejection == nil || r.Rejection.Code != c.code || r.Rejection.Status != map[string]int{"ner_unavailable": 503, "ner_too_large": 413}[c.code] || strings.Contains(r.Rejection.Message, "Ann") {
				t.Errorf("got %+v, %v", r.Rejection, r.Err)
			}
			p := longmentest.New(t, `{"ner":{"on_error":"allow"}}`, longmentest.Recogniser(c.r))
			r = p.Text(longmen.PhaseRequest, longmentest.User(c.text))
			if r.Rejection != nil || r.Err != nil || !strings.HasPrefix(shape(r.Text[0]), "Ann Jörg, <EMAIL>") {
				t.Fatalf("allow: got %.40q, %v, %v", r.Text, r.Rejection, r.Err)
			}
			if p.Attributes["ner.unsearched"] != int64(1) || len(p.Warnings) != 1 || !strings.HasPrefix(p.Warnings[0], "redact: not searched for names") {
				t.Errorf("allow: attributes %v, warnings %q", p.Attributes, p.Warnings)
			}
		})
	}
}

// TestHalfLooked: what was looked at before the service failed counts when requests are let through.
func TestHalfLooked(t *testing.T) {
	p := longmentest.New(t, `{"ner":{"on_error":"allow","language":["en","zh"]}}`, longmentest.Recogniser(func(text, lang string) ([]longmen.Entity, error) {
		if lang == "zh" {
			return nil, errors.New("there is no model for it")
		}
		return longmentest.Words(known)(text, lang)
	}))
	got := edit(t, p.Exchange, "Ann Lee", "下午王小明来过", "in Bonn")
	if shape(strings.Join(got, "|")) != "<PERSON>|下午王小明来过|in <LOCATION>" || p.Attributes["ner.unsearched"] != int64(1) {
		t.Errorf("got %q, attributes %v", got, p.Attributes)
	}
}

func TestWithoutRecogniser(t *testing.T) {
	p := longmentest.New(t, config)
	got := edit(t, p.Exchange, "Ann Lee in Bonn, 姓名：王小明")
	if _, says := p.Attributes["ner.unsearched"]; says || shape(got[0]) != "Ann Lee in Bonn, 姓名：<NAME>" {
		t.Errorf("got %q, attributes %v", got, p.Attributes)
	}
}

func TestRecogniserConfiguration(t *testing.T) {
	granted := longmentest.Recogniser(longmentest.Words(nil))
	for _, c := range []struct {
		config string
		grant  bool
		want   string // "" if it is taken
	}{
		{`{"ner":{}}`, false, `no service is granted, expected "grant ner <url>"`},
		{`{"ner":{}}`, true, ""},
		{`{"detect":["person"]}`, false, `person: only a recogniser of names finds it, expected "grant ner <url>"`},
		{`{"detect":["person"]}`, true, ""},
		{`{"modes":{"location":"block"}}`, false, "location: only a recogniser"},
		{`{"modes":{"personal":"block"},"detect":["personal"]}`, false, ""},
		{`{"except":["person"]}`, false, ""},
		{`{"detect":["email"]}`, true, "none of what a service finds is looked for"},
		{`{"detect":["email"],"ner":{"types":{"EMAIL_ADDRESS":"email"}}}`, true, ""},
		{`{"ner":{"types":{"X":"y"}}}`, true, "X is of no type"},
		{`{"ner":{"min_score":{"people":1}}}`, true, "people is no type"},
		{`{"ner":{"answers":true}}`, true, "expected answers detect, mask, drop or block"},
		{`{"ner":{"answers":true},"answers":"mask"}`, true, ""},
		{`{"answers":"mask","answers_detect":["person"]}`, true, "expected answers true in ner"},
		{`{"answers":"mask","answers_detect":["person"]}`, false, "only a recogniser"},
		{`{"answers":"mask","answers_detect":["personal"]}`, true, ""},
	} {
		var opts []longmentest.Option
		if c.grant {
			opts = append(opts, granted)
		}
		err := longmentest.ConfigError(t, c.config, opts...)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, grant %v: got %v, want %q", c.config, c.grant, err, c.want)
		}
	}
}
