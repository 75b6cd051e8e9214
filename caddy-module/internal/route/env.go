package route

import (
	"strings"

	"github.com/expr-lang/expr/vm"
)

// Values is what rules read of one request; the gateway's exchange implements it. A method is called
// only when a rule names its variable, and, except Header, Key and Provider, at most once per Env and use.
type Values interface {
	// Model is the model name that the client asked for.
	Model() string
	// Stream tells whether the client asked for a stream.
	Stream() bool
	// MaxTokens is the client's limit of output tokens, 0 when it set none.
	MaxTokens() int
	// Messages, Tools and Images count what the request holds.
	Messages() int
	Tools() int
	Images() int
	// User is the end user that the request body names.
	User() string
	// Dialect is the client's dialect.
	Dialect() string
	// ClientIP is the client's address without port.
	ClientIP() string
	// Header returns a request header's first value. Rules never ask for one that carries credentials.
	Header(name string) string
	// Key returns a label of the caller's key ("id", "name", "team"…), "" when there is none.
	Key(label string) string
	// Texts yields the texts of the request in order, until yield returns false.
	Texts(yield func(text []byte) bool)
	// Provider tells what is known of the named provider at present.
	Provider(name string) Figures
	// Attribute returns an attribute that a plugin set: int, int64, float64, bool or string; nil when it is not set.
	Attribute(name string) any
}

// Env holds one request's values while rules are matched against it, so that what one rule computed
// serves the next. It is made to be kept and Reset: a match in a warm Env allocates only for numbers
// and strings. Not safe for concurrent use.
type Env struct {
	values   Values
	vars     map[string]any
	machine  vm.VM
	measure  measure
	hasTexts bool
}

// self is where expr's environment leads back to the Env; no rule can spell it.
const self = "\x00env"

// Reset makes the Env ready for another request, or with nil lets go of the last one.
func (e *Env) Reset(values Values) {
	if e.vars == nil {
		e.vars = make(map[string]any, 8)
	}
	clear(e.vars)
	// The machine's stack keeps what it last held; a kept Env must not keep a request's texts.
	clear(e.machine.Stack[:cap(e.machine.Stack)])
	e.values, e.measure, e.hasTexts = values, measure{}, false
	e.vars[self] = e
}

// measured reads the texts once per request.
func (e *Env) measured() *measure {
	if !e.hasTexts {
		e.hasTexts = true
		e.values.Texts(e.measure.add)
	}
	return &e.measure
}

func envOf(environment any) *Env { return environment.(map[string]any)[self].(*Env) }

func callHeader(params ...any) (any, error) {
	name := params[1].(string)
	if credentialHeader(name) {
		return "", nil
	}
	return envOf(params[0]).values.Header(name), nil
}

func callContains(params ...any) (any, error) {
	part, found := params[1].(string), false
	envOf(params[0]).values.Texts(func(text []byte) bool {
		found = strings.Contains(view(text), part)
		return !found
	})
	return found, nil
}

// credentialHeader tells whether a header usually carries a credential: those of HTTP, those of the
// model providers, and whatever calls itself a token, secret, password or API key.
func credentialHeader(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "authorization", "proxy-authorization", "cookie", "set-cookie", "api-key", "apikey", "x-api-key", "x-goog-api-key",
		"authentication-info", "x-amz-security-token", "x-forwarded-client-cert", "x-goog-iap-jwt-assertion":
		return true
	}
	for _, end := range []string{"-token", "-secret", "-password", "api-key", "apikey", "-authorization", "-jwt", "-assertion"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
