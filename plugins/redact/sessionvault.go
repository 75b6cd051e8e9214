package redact

import (
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// casTries is how often a turn puts its vault back while others of the session do.
const casTries = 16

// errAway refuses a turn whose vault cannot be read or written: without it a value could get a placeholder that stands for another.
func errAway() error {
	return longmen.Reject(503, "session_unavailable", "", "the store of this session is away or full, so its personal data can be neither replaced nor restored; try again later")
}

// turn is what the running call of a request knows of its session.
type turn struct {
	name   string        // of the session's vault, "" if the request belongs to none
	stored longmen.Value // what the store had; it does not exist when it had nothing
	text   []byte
}

// open loads the vaults of the request into State, once.
func (s *session) open() (t turn, _ error) {
	if s == nil {
		return t, nil
	}
	state := longmen.State()
	t.name = taken(state, sessionKey)
	if previous := taken(state, previousKey); previous != "" {
		vault, err := longmen.KVRead(previous)
		if err != nil {
			return t, errAway()
		}
		t.merge(state, vault)
	}
	if t.name == "" {
		return t, nil
	}
	var err error
	if t.stored, err = longmen.KVRead(t.name); err != nil {
		return t, errAway()
	}
	t.merge(state, t.stored)
	return t, nil
}

// taken is a text that is taken out of State.
func taken(state longmen.Value, key string) string {
	v := state.Get(key)
	if !v.Exists() {
		return ""
	}
	defer v.Delete()
	return v.String()
}

// late opens the vaults for an answer whose request had no text, and so no call of its own.
func (s *session) late() error {
	if s == nil {
		return nil
	}
	state := longmen.State()
	if !state.Get(sessionKey).Exists() && !state.Get(previousKey).Exists() {
		return nil
	}
	_, err := s.open()
	return err
}

// merge adds a stored vault to State. It is false when a placeholder stands for different values here and there: two turns have
// given it at the same time.
func (t *turn) merge(state, vault longmen.Value) bool {
	same := true
	var key [tagMax + 64]byte
	for v := vault.First(); v.Exists(); v = v.Next() {
		name := v.KeyPrefix(key[:])
		if len(name) < 2 || name[0] != '<' || v.Kind() != longmen.KindString {
			continue
		}
		have := state.Get(view(name))
		if !have.Exists() {
			state.Set(string(name), v)
			continue
		}
		t.text = v.AppendString(t.text[:0])
		same = same && have.Is(view(t.text))
		clear(t.text)
	}
	return same
}

// keep puts the session's vault back with what this turn has added, and begins its time to live anew.
func (s *session) keep(t *turn) error {
	if s == nil || t.name == "" {
		return nil
	}
	state := longmen.State()
	for range casTries {
		vault := s.vault(state)
		if !vault.Exists() {
			return nil
		}
		swapped, err := longmen.KVCas(t.name, t.stored, vault, s.ttl)
		if err != nil {
			return errAway()
		}
		if swapped {
			return nil
		}
		if t.stored, err = longmen.KVRead(t.name); err != nil {
			return errAway()
		}
		if !t.merge(state, t.stored) {
			break
		}
	}
	return longmen.Reject(503, "session_busy", "", "other requests of this session came at the same time; send the request again")
}

// vault is a document of the placeholders in State. Beyond the bounds the newest stay. It does not exist when there are none.
func (s *session) vault(state longmen.Value) longmen.Value {
	var key [tagMax + 64]byte
	var sizes []int
	for v := state.First(); v.Exists(); v = v.Next() {
		if name := v.KeyPrefix(key[:]); len(name) > 0 && name[0] == '<' {
			sizes = append(sizes, len(name)+v.Len())
		}
	}
	if len(sizes) == 0 {
		return 0
	}
	from, bytes := len(sizes), 0
	for from > 0 && len(sizes)-from < s.most && bytes+sizes[from-1] <= maxVault {
		from--
		bytes += sizes[from]
	}
	vault := longmen.NewObject()
	i := 0
	for v := state.First(); v.Exists(); v = v.Next() {
		name := v.KeyPrefix(key[:])
		if len(name) == 0 || name[0] != '<' {
			continue
		}
		if i >= from {
			vault.Set(string(name), v.Copy())
		}
		i++
	}
	return vault
}

// answered stores the exchange's vault under the id of an answer that the client may go on from.
func (s *session) answered(id longmen.Value) {
	state := longmen.State()
	followed := state.Get(followedKey)
	text := id.String()
	if !followed.Exists() || text == "" || len(text) > maxSession {
		return
	}
	followed.Delete()
	vault := s.vault(state)
	if !vault.Exists() {
		return
	}
	if longmen.KVSet(s.name("response", text), vault, s.ttl) != nil {
		longmen.Warn("previous_response_id", "the store is away or full: a turn that goes on from this answer cannot restore what stands for personal data in it")
	}
}

// response is the response hook: a whole answer of Responses has its id.
func response(doc longmen.Value) error {
	settings.session.answered(doc.Get("id"))
	return nil
}

// event is the event hook: a stream of Responses begins with the answer's id.
func event(e longmen.Value) error {
	if e.Get("type").Is("response.created") {
		settings.session.answered(e.Get("response").Get("id"))
	}
	return nil
}
