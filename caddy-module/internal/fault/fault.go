// Package fault is an upstream for tests that fails as upstreams do: over real sockets, in the format of the
// API that is called (openai.chat, anthropic.messages, gemini.generate), as a plan says. It counts what
// it saw, so that a test can compare that with what the gateway says of itself.
package fault

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// Kind is a way to answer.
type Kind uint8

// Kinds. What concerns events holds for streams; of a whole answer Cut gives half.
const (
	Serve      Kind = iota // a good answer
	Hang                   // nothing at all, until the client leaves
	Reset                  // the connection is reset before an answer
	Cut                    // the answer breaks off after After events
	Fail                   // an error with Status, in the API's form or with Body
	Garbage                // 200 with bytes that are no JSON
	NotHTTP                // bytes that are no HTTP
	Empty                  // 200 without a body
	HTML                   // 200 with a page
	ErrorEvent             // 200 with an error as the first event, or as the whole answer
	Slow                   // the first event, or the whole answer, comes late
	Silence                // after After events nothing comes for a while, then the rest
	Oversized              // the first event, or the whole answer, has a text of Size bytes
	kinds                  // how many there are
)

var names = [kinds]string{"serve", "hang", "reset", "cut", "fail", "garbage", "not_http", "empty", "html", "error_event", "slow", "silence", "oversized"}

func (k Kind) String() string {
	if k < kinds {
		return names[k]
	}
	return "unknown"
}

// Fault is how one request is answered. The zero Fault is a good answer.
type Fault struct {
	Kind   Kind
	Status int             // of Fail, 500 if zero; of ErrorEvent what the error is, 503 if zero
	Header http.Header     // added to the answer's
	Body   string          // of Fail, instead of the API's form
	After  int             // of Cut and Silence: good events that come first; a good answer has at least six
	Hard   bool            // of Cut: the connection is reset, not closed
	Delay  time.Duration   // of Slow and Silence; 0 lasts until Until, or until the client leaves
	Until  <-chan struct{} // of Slow and Silence: what ends them, may be nil
	Size   int             // of Oversized: bytes, 1 MiB if zero
}

// Plan chooses the fault for the request with number n, counted from 0 in the order of arrival. It is called
// by one request at a time.
type Plan func(n int, r *Request) Fault

// Always answers every request alike.
func Always(f Fault) Plan { return func(int, *Request) Fault { return f } }

// Sequence answers the first requests by the faults in turn, and all others well.
func Sequence(faults ...Fault) Plan {
	return func(n int, _ *Request) Fault {
		if n < len(faults) {
			return faults[n]
		}
		return Fault{}
	}
}

// Random fails share of the requests, 0 to 1, each by one of the faults. The same seed makes the same choices
// for the same numbers.
func Random(seed uint64, share float64, faults ...Fault) Plan {
	return func(n int, _ *Request) Fault {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		if r.Float64() >= share || len(faults) == 0 {
			return Fault{}
		}
		return faults[r.IntN(len(faults))]
	}
}
