package gateway

import (
	"context"
	"io"
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// whole leads an answer that is one document through codec and plugins to the client.
func (x *exchange) whole(ctx context.Context, answer *attempt.Answer) error {
	speaks := answer.Way.Dialect
	body, err := readAll(answer.HTTP)
	x.idle(x.record.Upstream)
	if err != nil {
		return &brokenStream{provider: answer.Provider().Name, cause: answer.Cause(err)}
	}
	a := document.Borrow()
	defer document.Return(a)
	root, err := a.Parse(body)
	if err != nil {
		if len(answer.Codecs) > 0 {
			f := attempt.Garbled(answer.Provider(), answer.HTTP.StatusCode, err)
			f.Err = speaks.ParseError(http.StatusBadGateway, answer.HTTP.Header, body)
			return f
		}
		if err := x.onePiece(answer); err != nil {
			return err
		}
		if body, err = x.chain.ResponseBody(ctx, body); err != nil {
			return err
		}
		x.forwardHeaders(speaks, answer.HTTP.Header)
		return x.sink.bytes(answer.HTTP.StatusCode, answer.HTTP.Header.Get("Content-Type"), body)
	}
	if err := answer.Refusal(a, root); err != nil {
		return err
	}
	if err := x.onePiece(answer); err != nil {
		return err
	}
	speaks.Usage(a, root, &x.record.Tokens)
	x.answersAs(answer, a, root)
	x.charge(answer, a, root)
	if err := answer.Codecs.Response(ctx, a, root); err != nil {
		return err
	}
	if err := x.chain.Response(ctx, x.chain.Len(), a, root); err != nil {
		return err
	}
	x.forwardHeaders(speaks, answer.HTTP.Header)
	if len(answer.Codecs) == 0 && a.Intact(root, body) {
		return x.sink.bytes(answer.HTTP.StatusCode, "application/json", body)
	}
	return x.sink.document(answer.HTTP.StatusCode, a, root)
}

// onePiece ends the wait for a stream before an answer in one piece, which is a failure if the client has headers of a stream
// already.
func (x *exchange) onePiece(answer *attempt.Answer) error {
	if !x.sink.settle() {
		return nil
	}
	name := answer.Provider().Name
	return &attempt.Failure{
		Class: failure.ServerError, Status: answer.HTTP.StatusCode,
		Err: fault(http.StatusBadGateway, "upstream_not_streaming", "provider "+name+" did not stream its answer"),
	}
}

// readAll reads an answer within its bound.
func readAll(resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 && n <= attempt.MaxAnswer {
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, attempt.MaxAnswer+1))
	if err == nil && len(body) > attempt.MaxAnswer {
		err = errAnswerTooLarge
	}
	return body, err
}
