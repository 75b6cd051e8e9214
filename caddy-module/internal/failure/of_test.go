package failure

import (
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

func TestOfStatus(t *testing.T) {
	for status, want := range map[int]Class{
		400: BadRequest, 401: Credential, 402: Credential, 403: Credential, 404: ModelNotFound, 405: BadRequest, 408: Timeout, 409: BadRequest, 410: ModelNotFound,
		413: ContextLength, 422: BadRequest, 424: ServerError, 425: ServerError, 429: RateLimit, 451: ContentPolicy, 498: Overload, 499: ServerError,
		500: ServerError, 501: ModelNotFound, 502: ServerError, 503: Overload, 504: Timeout, 520: ServerError, 522: Connect, 524: Timeout, 529: Overload,
	} {
		if got := Of(&dialect.Error{Status: status, Type: dialect.TypeOf(status)}, true); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
	}
	if got := Of(nil, true); got != None {
		t.Errorf("no error is %s", got)
	}
}

func TestOwnCredentials(t *testing.T) {
	for _, e := range []dialect.Error{
		{Status: 401, Type: "authentication_error"},
		{Status: 400, Code: "invalid_api_key"},
		{Status: 429, Type: "insufficient_quota", Code: "insufficient_quota"},
	} {
		if ours, theirs := Of(&e, true), Of(&e, false); ours != Credential || theirs != BadRequest {
			t.Errorf("%v is %s with the gateway's key and %s with the client's", &e, ours, theirs)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	e := &dialect.Error{Status: 503, Type: "server_error", Code: "overloaded"}
	p := Default()
	if n := testing.AllocsPerRun(100, func() { p.Of(Of(e, true)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
