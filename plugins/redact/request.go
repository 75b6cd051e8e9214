package redact

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// finding is an entity in a segment. A text can have tens of thousands.
type finding struct {
	segment, start, end uint32
	typ                 detect.Type
}

var (
	found  []finding // of the running call
	counts []int     // by type
	safe   vault
	out    []byte // a replacement being made
)

// request handles the texts of a request: it counts what is found, refuses or edits.
func request(t *longmen.Text) error {
	clear(counts)
	found = found[:0]
	blocked, named := false, false
	if r := settings.recogniser; r != nil {
		if err := r.recognise(t); err != nil {
			return err
		}
	}
	for i := range t.Segments {
		for _, s := range entitiesIn(t, i) {
			counts[s.Type]++
			switch settings.modes[s.Type] {
			case modeBlock:
				blocked = true
			case modeDetect:
				continue
			case modePlaceholder:
				named = true
			}
			found = append(found, finding{uint32(i), uint32(s.Start), uint32(s.End), s.Type})
		}
	}
	report()
	if blocked {
		return longmen.Reject(400, "pii_blocked", "", refusal())
	}
	turn, err := settings.session.open()
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return settings.session.keep(&turn)
	}
	if named {
		safe.open()
		defer safe.close()
		if settings.restore {
			for i := range t.Segments {
				safe.avoid(t.Segments[i].Text)
			}
		}
	}
	for _, f := range found {
		segment, start, length := int(f.segment), int(f.start), int(f.end-f.start)
		value := t.Segments[segment].Text[start : start+length]
		switch settings.modes[f.typ] {
		case modePlaceholder:
			p, err := safe.placeholder(shownAs(f.typ), value)
			if err != nil {
				return err
			}
			if t.Segments[segment].Kind == longmen.TextName {
				p = p[1 : len(p)-1] // providers refuse brackets in names
			}
			t.Replace(segment, start, length, p)
		case modeMask:
			out = appendMask(out[:0], f.typ, value)
			t.ReplaceBytes(segment, start, length, out)
		case modeHash:
			out, safe.buf = appendHash(out[:0], safe.buf, shownAs(f.typ), value)
			t.ReplaceBytes(segment, start, length, out)
		case modeDrop:
			t.Replace(segment, start, length, "")
		}
	}
	return settings.session.keep(&turn)
}

// attributes are the names of the counts, by type; those of custom types share one.
var attributes []string

// report sets the attributes that rules and records read. The total is always set: 0 says that the
// request was looked at. A type that was not found has no attribute, which rules read as 0.
func report() {
	total, secrets, custom := 0, 0, 0
	for i, n := range counts {
		if n > 0 {
			if detect.Type(i).IsCustom() {
				custom += n
				n = custom
			}
			longmen.SetAttr(attributes[i], longmen.NewInt(int64(n)))
			total += counts[i]
			if detect.Type(i).Secret() {
				secrets += counts[i]
			}
		}
	}
	if secrets > 0 {
		longmen.SetAttr("secret.total", longmen.NewInt(int64(secrets)))
	}
	longmen.SetAttr("pii.total", longmen.NewInt(int64(total)))
}

// refusal says which types stand in the way, and how many of each.
func refusal() string {
	b := []byte("this route takes no ")
	for i, n := 0, 0; i < len(counts); i++ {
		if counts[i] == 0 || settings.modes[i] != modeBlock {
			continue
		}
		if n++; n > 1 {
			b = append(b, ", "...)
		}
		b = append(b, detect.Type(i).String()...)
		b = append(b, " ("...)
		b = strconv.AppendInt(b, int64(counts[i]), 10)
		b = append(b, " found)"...)
	}
	return string(b)
}
