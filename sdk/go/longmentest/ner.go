package longmentest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Recognise finds the named entities of one text. lang is what the plugin said, "" for the gateway's default. An error
// stands for a service that failed, ErrBudget for an exchange that has used up its time.
type Recognise func(text, lang string) ([]longmen.Entity, error)

// ErrBudget makes a ner call fail with abi.ErrLimit.
var ErrBudget = errors.New("the exchange's time for the recogniser is used up")

// Words recognises the words that are the keys, wherever they stand, as the types that are the values.
func Words(types map[string]string) Recognise {
	return func(text, _ string) (found []longmen.Entity, err error) {
		for start := 0; start < len(text); start++ {
			longest := ""
			for w := range types {
				if len(w) > len(longest) && strings.HasPrefix(text[start:], w) {
					longest = w
				}
			}
			if longest != "" {
				found = append(found, longmen.Entity{Start: start, End: start + len(longest), Type: types[longest], Score: 1})
				start += len(longest) - 1
			}
		}
		return found, nil
	}
}

// HasNER tells whether the plugin has the grant.
func (e *Effects) HasNER() bool { return e.granted(abi.GrantNER) && e.x.p.ner }

// entity is longmen.Entity as it crosses the border.
type entity struct {
	Start int     `json:"start"`
	End   int     `json:"end"`
	Type  string  `json:"type"`
	Score float64 `json:"score"`
}

// NER lets the test's recogniser answer. Both documents are as ABI.md describes them.
func (e *Effects) NER(request []byte) (response []byte, status int32) {
	if !e.allowed(abi.FnNER) {
		return nil, abi.ErrDenied
	}
	var in struct {
		Texts []string `json:"texts"`
		Lang  string   `json:"lang"`
	}
	d := json.NewDecoder(bytes.NewReader(request))
	d.DisallowUnknownFields()
	if d.Decode(&in) != nil || in.Texts == nil {
		return nil, abi.ErrArgument
	}
	size := 0
	out := make([][]entity, 0, len(in.Texts))
	for _, text := range in.Texts {
		if size += len(text); size > abi.MaxNERBytes || len(in.Texts) > abi.MaxNERTexts {
			return nil, abi.ErrLimit
		}
	}
	for _, text := range in.Texts {
		found, err := e.x.p.NER(text, in.Lang)
		switch {
		case errors.Is(err, ErrBudget):
			return nil, abi.ErrLimit
		case err != nil:
			return nil, abi.ErrIO
		}
		list := make([]entity, 0, len(found))
		for _, f := range found {
			list = append(list, entity(f))
		}
		out = append(out, list)
	}
	response, err := json.Marshal(struct {
		Spans [][]entity `json:"spans"`
	}{out})
	if err != nil {
		return nil, abi.ErrIO
	}
	return response, abi.OK
}
