package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// A receipt tells of one exchange what was found and what was done with it, in counts. Until its end they are kept in
// State, as an object under receiptKey:
//
//	texts      texts of the request that were searched
//	found      counts by type, of the request
//	answer     counts by type, of what the model itself wrote
//	restored   placeholders that were turned back
//	unscanned  counts by kind, of what cannot be searched
//	stopped    true: this plugin ended the exchange with an error
//	silent     true: the exchange was refused because no receipt can be written, and has none
const receiptKey = "#" // placeholders begin with a bracket

// receipts is what the configuration says of them.
type receipts struct {
	sink      string // "" for none
	required  bool
	detectors string
}

// restoredNow counts the placeholders that the running call turned back.
var restoredNow int

// on tells whether receipts are written.
func (r *receipts) on() bool { return r.sink != "" }

// readReceipts reads the configuration. Without a sink the end of an exchange is of no interest.
func readReceipts(c longmen.Value) (r receipts, err error) {
	if r.sink = c.Get("receipts").String(); !r.on() {
		longmen.Skip("end")
		return r, nil
	}
	if !longmen.SinkGranted(r.sink) {
		return r, errors.New("writing receipts: there is no sink " + r.sink + ", expected \"grant record " + r.sink + " file <path>\" in the plugin's block")
	}
	required := c.Get("receipts_required")
	r.required, r.detectors = !required.Exists() || required.Bool(), detect.Version
	return r, nil
}

// ready refuses a request of which no receipt could be written.
func (r *receipts) ready() error {
	if !r.on() || !r.required || longmen.SinkReady(r.sink) {
		return nil
	}
	counted().SetBool("silent", true)
	return longmen.Reject(503, "receipts_unavailable", "", "this route writes a receipt for each request, and cannot at present; try again later")
}

// counted is the object of what has been counted in the exchange so far.
func counted() longmen.Value {
	state := longmen.State()
	if c := state.Get(receiptKey); c.Exists() {
		return c
	}
	state.Set(receiptKey, longmen.NewObject())
	return state.Get(receiptKey)
}

// note keeps what a text call has counted; err is what the call came to.
func (r *receipts) note(t *longmen.Text, err error) {
	request := t.Phase == longmen.PhaseRequest
	if err != nil {
		r.noteStopped()
	}
	switch {
	case request && (err == nil || sum(counts) > 0):
		counted().SetInt("texts", int64(len(t.Segments)))
		add("found", counts)
	case !request && settings.answers != modeOff:
		add("answer", answered)
	}
	if restoredNow > 0 {
		c := counted()
		c.SetInt("restored", c.Get("restored").Int()+int64(restoredNow))
	}
}

// noteStopped keeps that this plugin ends the exchange with an error.
func (r *receipts) noteStopped() {
	if r.on() {
		counted().SetBool("stopped", true)
	}
}

// add adds counts by type to a member of what has been counted.
func add(member string, counts []int) {
	if sum(counts) == 0 {
		return
	}
	c := counted()
	of := c.Get(member)
	if !of.Exists() {
		c.Set(member, longmen.NewObject())
		of = c.Get(member)
	}
	for i, n := range counts {
		if n > 0 {
			name := detect.Type(i).String()
			of.SetInt(name, of.Get(name).Int()+int64(n))
		}
	}
}

// noteUnscanned keeps what of a request cannot be searched.
func (r *receipts) noteUnscanned(kinds *[contents]int) {
	if !r.on() {
		return
	}
	of := longmen.NewObject()
	for i, n := range kinds {
		if n > 0 {
			of.SetInt(contentNames[i], int64(n))
		}
	}
	counted().Set("unscanned", of)
}

func sum(counts []int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
